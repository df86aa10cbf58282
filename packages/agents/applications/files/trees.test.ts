import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { fixtureHost } from "../../test/fixture-host.ts";
import type { Host } from "../host.ts";
import { completeTrees, databaseFileRules, isInside, type TreeDraft, uniqueNames } from "./trees.ts";

async function complete(host: Host, drafts: readonly TreeDraft[]) {
  const { trees, warnings } = await completeTrees(host, drafts);
  return { trees: trees.map(({ label, root }) => [label, root.slice(host.root.length)]), warnings };
}

const index = { pattern: "index/**", reason: "made anew" };

describe("completeTrees", () => {
  it("drops what lies inside another tree, and what does not exist", async () => {
    const host = fixtureHost();
    writeFiles(host.root, { "/srv/home/attachments/1": "", "/srv/home2/a": "" });
    const drafts = ["/srv/home", "/srv/home/attachments", "/srv/home2", "/srv/missing"].map((root) => ({
      label: "x",
      root,
    }));
    expect(await complete(host, drafts)).toEqual({
      trees: [
        ["x", "/srv/home"],
        ["x-2", "/srv/home2"],
      ],
      warnings: [],
    });
  });

  it("keeps a tree inside a directory that the outer one leaves out", async () => {
    const host = fixtureHost();
    writeFiles(host.root, { "/srv/home/index/attachments/1": "" });
    const drafts = [
      { label: "home", root: "/srv/home", exclude: [index] },
      { label: "attachments", root: "/srv/home/index/attachments" },
    ];
    expect((await complete(host, drafts)).trees).toEqual([
      ["home", "/srv/home"],
      ["attachments", "/srv/home/index/attachments"],
    ]);
  });

  it("keeps a tree inside one that takes a few files only", async () => {
    const host = fixtureHost();
    writeFiles(host.root, { "/opt/wiki/bin/setenv.sh": "", "/opt/wiki/home/x": "" });
    const drafts = [
      { label: "install", root: "/opt/wiki", include: ["bin/setenv.sh"] },
      { label: "home", root: "/opt/wiki/home" },
    ];
    expect((await complete(host, drafts)).trees).toHaveLength(2);
  });

  it("takes a directory that is named twice once", async () => {
    const host = fixtureHost();
    mkdirSync(join(host.root, "/srv/data"), { recursive: true });
    const drafts = [
      { label: "data", root: "/srv/data", exclude: [index] },
      { label: "custom", root: "/srv/data" },
    ];
    const { trees } = await completeTrees(host, drafts);
    expect(trees).toEqual([
      {
        label: "data",
        root: join(host.root, "/srv/data"),
        directory: join(host.root, "/srv/data"),
        include: [],
        exclude: [index],
        keys: [],
      },
    ]);
  });

  it("follows links at the top of a tree that lead out of it, as the link alone would be saved", async () => {
    const host = fixtureHost();
    writeFiles(host.root, {
      "/srv/home/keep/x": "",
      "/mnt/attachments/1": "",
      "/mnt/index/1": "",
      "/etc/wiki/wiki.cfg": "",
    });
    const link = (target: string, name: string) =>
      symlinkSync(join(host.root, target), join(host.root, "/srv/home", name));
    link("/mnt/attachments", "attachments");
    link("/mnt/index", "index");
    link("/etc/wiki/wiki.cfg", "wiki.cfg");
    link("/srv/home/keep", "inside");
    link("/mnt/gone", "unmounted");
    expect(await complete(host, [{ label: "home", root: "/srv/home", exclude: [index] }])).toEqual({
      trees: [
        ["home", "/srv/home"],
        ["attachments", "/mnt/attachments"],
        ["wiki.cfg", "/etc/wiki/wiki.cfg"],
      ],
      warnings: ["/srv/home/unmounted leads nowhere: is a disk not mounted?"],
    });
  });

  it("follows links among a few files too, and knows where a single file goes back to", async () => {
    const host = fixtureHost();
    writeFiles(host.root, { "/opt/wiki/bin/setenv.sh": "", "/etc/wiki/server.xml": "" });
    mkdirSync(join(host.root, "/opt/wiki/conf"));
    symlinkSync(join(host.root, "/etc/wiki/server.xml"), join(host.root, "/opt/wiki/conf/server.xml"));
    const include = ["bin/setenv.sh", "conf/server.xml"];
    const { trees } = await completeTrees(host, [{ label: "install", root: "/opt/wiki", include }]);
    expect(trees).toMatchObject([
      { label: "install", include, directory: join(host.root, "/opt/wiki") },
      { label: "server.xml", root: join(host.root, "/etc/wiki/server.xml"), directory: join(host.root, "/etc/wiki") },
    ]);
  });

  it("resolves a root that is a link", async () => {
    const host = fixtureHost();
    writeFiles(host.root, { "/mnt/home/x": "" });
    mkdirSync(join(host.root, "/srv"));
    symlinkSync("../mnt/home", join(host.root, "/srv/home"));
    expect((await complete(host, [{ label: "home", root: "/srv/home" }])).trees).toEqual([["home", "/mnt/home"]]);
  });
});

it("makes names that differ and suit a directory", () => {
  expect(uniqueNames(["uploads", "uploads", "a b/c", ".hidden", "", "uploads-2"])).toEqual([
    "uploads",
    "uploads-2",
    "a_b_c",
    "_hidden",
    "files",
    "uploads-2-2",
  ]);
});

it("knows what is inside a directory", () => {
  expect([isInside("/a/b", "/a"), isInside("/a", "/a"), isInside("/ab", "/a"), isInside("/a", "/")]).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

it("leaves a SQLite database out of the tree that holds it, whatever its name", () => {
  const patterns = (root: string, file?: string) => databaseFileRules(root, file).map(({ pattern }) => pattern);
  expect(patterns("/srv", "/srv/data/a[1]*.db")).toEqual(
    ["", "-wal", "-shm", "-journal"].map((suffix) => `data/a\\[1\\]\\*.db${suffix}`),
  );
  expect(patterns("/srv", "/other/a.db")).toEqual([]);
  expect(patterns("/srv")).toEqual([]);
});
