import { rmSync } from "node:fs";
import { join } from "node:path";
import { buildConfluence } from "@catapullt/testkit/confluence";
import { describe, expect, it } from "vitest";
import { confluenceHost, home, install, locateConfluence } from "../../../test/confluence-host.ts";
import type { Query } from "../../type.ts";

describe("the version of confluence", () => {
  // A database server that answers the two questions which the type asks.
  function answering(rows: (string | null)[][] | undefined): Query {
    return (database, sql) => {
      expect(database.name).toBe("confluence");
      if (sql.includes("information_schema"))
        return Promise.resolve(rows === undefined ? [] : [["wiki", "CONFVERSION"]]);
      expect(sql).toBe("SELECT BUILDNUMBER, VERSIONTAG FROM `wiki`.`CONFVERSION`");
      return Promise.resolve(rows ?? []);
    };
  }

  it("comes from Maven's properties, and is held against database and home", async () => {
    const { captureVersion } = await locateConfluence(confluenceHost());
    expect(
      await captureVersion(
        answering([
          ["8804", null],
          ["9012", "8.5.4"],
          ["999", "old"],
        ]),
      ),
    ).toEqual({
      value: "8.5.4",
      sources: [
        { source: "program files", value: "8.5.4" },
        { source: "database version tag", value: "8.5.4" },
        { source: "database build number", value: "9012" },
        { source: "home build number", value: "9012" },
      ],
      warnings: [],
    });
  });

  it("comes from README.txt in old installations, and needs no database", async () => {
    const { captureVersion } = await locateConfluence(confluenceHost({ layout: "old", version: "5.1.2" }));
    expect(await captureVersion()).toEqual({
      value: "5.1.2",
      sources: [
        { source: "program files", value: "5.1.2" },
        { source: "home build number", value: "9012" },
      ],
      warnings: [],
    });
  });

  it("comes from the name of the main library where nothing else tells it", async () => {
    const host = confluenceHost({ layout: "old", version: "7.13.0" });
    rmSync(join(host.root, install, "README.txt"));
    expect((await (await locateConfluence(host)).captureVersion()).value).toBe("7.13.0");
  });

  it("comes from the configuration where that says so, beside what else is known", async () => {
    const { captureVersion } = await locateConfluence(confluenceHost(), { version: { value: "8.5.4-custom" } });
    expect(await captureVersion(answering([["9012", null]]))).toMatchObject({
      value: "8.5.4-custom",
      sources: [
        { source: "configuration", value: "8.5.4-custom" },
        { source: "program files", value: "8.5.4" },
        { source: "database build number", value: "9012" },
        { source: "home build number", value: "9012" },
      ],
    });
  });

  it("warns of a home and a database that do not belong together", async () => {
    const { captureVersion } = await locateConfluence(confluenceHost());
    const { warnings } = await captureVersion(answering([["9013", "8.5.5"]]));
    expect(warnings).toEqual([
      expect.stringContaining("build 9012 in confluence.cfg.xml, 9013 in the database"),
      expect.stringContaining("are version 8.5.4, its database was last used by 8.5.5"),
    ]);
  });

  it("warns of a database that is not Confluence's", async () => {
    const { captureVersion } = await locateConfluence(confluenceHost());
    expect((await captureVersion(answering(undefined))).warnings).toEqual([
      expect.stringContaining("no table CONFVERSION"),
    ]);
  });

  it("sees an upgrade that happens in between", async () => {
    const host = confluenceHost();
    const { captureVersion } = await locateConfluence(host);
    const before = await captureVersion();
    buildConfluence({ root: host.root, version: "8.9.0", buildNumber: 9103 });
    const after = await captureVersion();
    expect([before.value, after.value]).toEqual(["8.5.4", "8.9.0"]);
    expect(after.sources).toContainEqual({ source: "home build number", value: "9103" });
  });

  it("is unreadable where no file tells it, naming each", async () => {
    const host = confluenceHost({ version: "not-a-version" });
    await expect((await locateConfluence(host)).captureVersion()).rejects.toMatchObject({
      code: "version-unreadable",
      message: expect.stringMatching(/pom\.properties\n- .*README\.txt\n- .*confluence-\*\.jar$/),
      hint: expect.stringContaining("applications.confluence.version"),
    });
  });
});

it("tells how to start a restored confluence, with paths and version filled in", async () => {
  const { restoreNotes } = await locateConfluence(confluenceHost());
  const notes = restoreNotes("8.5.4").join("\n");
  expect(notes).toContain(`chown -R confluence: ${home}`);
  expect(notes).toContain("Start Confluence 8.5.4");
  expect(notes).toContain(`${install}/bin/setenv.sh`);
});
