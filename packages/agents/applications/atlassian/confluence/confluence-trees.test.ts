import { mkdirSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configFile, confluenceHost, home, install, locateConfluence } from "../../../test/confluence-host.ts";
import type { Host } from "../../host.ts";

describe("what confluence saves", () => {
  async function saved(host: Host, keys: object = {}) {
    const { trees, warnings } = await locateConfluence(host, keys);
    return {
      trees: trees.map(({ label, root, include }) => [label, root.slice(host.root.length), ...include]),
      warnings,
    };
  }

  const installTree = (...files: string[]) => ["install", install, ...files];
  const usualInstall = installTree(
    "bin/setenv.sh",
    "conf/server.xml",
    "conf/web.xml",
    "confluence/WEB-INF/classes/confluence-init.properties",
    "confluence/WEB-INF/classes/seraph-config.xml",
  );

  it.each(["current", "old"] as const)(
    "is the home and the files that administrators change, in the %s layout",
    async (layout) => {
      expect(await saved(confluenceHost({ layout }))).toEqual({ trees: [["home", home], usualInstall], warnings: [] });
    },
  );

  it("leaves out what is made anew, with a reason for each rule, and no key or secret", async () => {
    const [tree] = (await locateConfluence(confluenceHost())).trees;
    expect(tree?.exclude.map(({ pattern }) => pattern)).toMatchInlineSnapshot(`
      [
        "index/**",
        "journal/**",
        "backups/**",
        "export/**",
        "restore/**",
        "logs/**",
        "analytics-logs/**",
        "temp/**",
        "webresource-temp/**",
        "plugins-temp/**",
        "sandbox/**",
        "bundled-plugins/**",
        "plugins-cache/**",
        "plugins-osgi-cache/**",
        "thumbnails/**",
        "viewfile/**",
        "imgEffects/**",
        "lock",
        "shared-home/dcl-document*/**",
        "shared-home/dcl-thumbnail*/**",
      ]
    `);
    expect(tree?.exclude.every(({ reason }) => reason.length > 3)).toBe(true);
  });

  it("has attachments and shared home of their own where they lie elsewhere", async () => {
    const host = confluenceHost({
      properties: {
        "attachments.dir": "/mnt/attachments",
        "confluence.cluster.home": "/media/atl/confluence/shared-home",
      },
    });
    for (const directory of ["/mnt/attachments", "/media/atl/confluence/shared-home"])
      mkdirSync(join(host.root, directory), { recursive: true });
    expect(await saved(host)).toEqual({
      trees: [
        ["home", home],
        ["shared-home", "/media/atl/confluence/shared-home"],
        ["attachments", "/mnt/attachments"],
        usualInstall,
      ],
      warnings: [],
    });
    const shared = (await locateConfluence(host)).trees[1];
    expect(shared?.exclude.map(({ pattern }) => pattern)).toEqual(["dcl-document*/**", "dcl-thumbnail*/**"]);
  });

  it("follows a link to attachments on another disk", async () => {
    const host = confluenceHost();
    mkdirSync(join(host.root, "/mnt"));
    renameSync(join(host.root, home, "attachments"), join(host.root, "/mnt/attachments"));
    symlinkSync(join(host.root, "/mnt/attachments"), join(host.root, home, "attachments"));
    expect((await saved(host)).trees).toContainEqual(["attachments", "/mnt/attachments"]);
  });

  it("is refused while the disk with the attachments is not there", async () => {
    await expect(
      locateConfluence(confluenceHost({ properties: { "attachments.dir": "/mnt/attachments" } })),
    ).rejects.toMatchObject({
      code: "application-not-found",
      message: `/mnt/attachments is no directory (attachments.dir in ${configFile})`,
    });
  });

  it("is refused where a path cannot be told", async () => {
    await expect(
      locateConfluence(confluenceHost({ properties: { "attachments.dir": `\${other}/attachments` } })),
    ).rejects.toMatchObject({
      code: "application-unreadable",
      message: expect.stringContaining(`\${other}`),
    });
  });

  it("can be widened and narrowed by the configuration", async () => {
    const { trees } = await locateConfluence(confluenceHost(), {
      files: { include: ["index", "journal"], exclude: ["**/*.tmp"] },
    });
    const patterns = trees[0]?.exclude.map(({ pattern }) => pattern) ?? [];
    expect(patterns).not.toContain("index/**");
    expect(patterns).toContain("logs/**");
    expect(trees.every(({ exclude }) => exclude.some(({ pattern }) => pattern === "**/*.tmp"))).toBe(true);
  });
});
