import { rmSync } from "node:fs";
import { join } from "node:path";
import { buildConfluence } from "@catapullt/testkit/confluence";
import { writeFiles } from "@catapullt/testkit/write-files";
import { describe, expect, it } from "vitest";
import { configFile, confluenceHost, home, install, locateConfluence } from "../../../test/confluence-host.ts";
import { fixtureHost } from "../../../test/fixture-host.ts";

describe("confluence finds its directories", () => {
  it("at the vendor's default paths, with no configuration", async () => {
    const located = await locateConfluence(confluenceHost());
    expect(located).toMatchObject({ name: "confluence", type: "confluence", home, install, warnings: [] });
    expect(located.evidence).toEqual([
      {
        what: "home",
        value: home,
        source: `confluence.home in ${install}/confluence/WEB-INF/classes/confluence-init.properties`,
      },
      { what: "program files", value: install, source: "the vendor's default" },
      { what: "shared home", value: `${home}/shared-home`, source: "the usual place" },
      { what: "attachments", value: `${home}/attachments`, source: `attachments.dir in ${configFile}` },
    ]);
  });

  it("at the default home where nothing names one", async () => {
    const located = await locateConfluence(confluenceHost({ pointer: "none" }));
    expect(located.evidence[0]).toEqual({ what: "home", value: home, source: "the vendor's default" });
  });

  it("by the Java property in setenv.sh, which wins over the init file", async () => {
    const host = confluenceHost({ home: "/srv/wiki", pointer: "setenv" });
    writeFiles(host.root, {
      [`${install}/confluence/WEB-INF/classes/confluence-init.properties`]: "confluence.home=/srv/elsewhere\n",
    });
    expect(await locateConfluence(host)).toMatchObject({ home: "/srv/wiki", install });
  });

  it("by the service's unit, which names program files and home", async () => {
    const host = confluenceHost({ home: "/srv/wiki", install: "/srv/confluence-8.5.4", pointer: "none" });
    writeFiles(host.root, {
      "/etc/systemd/system/confluence.service":
        "[Service]\nEnvironment=CONFLUENCE_HOME=/srv/wiki\nExecStart=/srv/confluence-8.5.4/bin/start-confluence.sh\n",
    });
    expect(await locateConfluence(host)).toMatchObject({ home: "/srv/wiki", install: "/srv/confluence-8.5.4" });
  });

  it("by the configuration, which wins over everything", async () => {
    const host = confluenceHost();
    buildConfluence({ root: host.root, home: "/srv/wiki2", install: "/opt/wiki2" });
    expect(await locateConfluence(host, { home: "/srv/wiki2", install: "/opt/wiki2" }, "wiki2")).toMatchObject({
      home: "/srv/wiki2",
      install: "/opt/wiki2",
    });
  });

  it("and never takes the program files of another instance for its own", async () => {
    const host = confluenceHost();
    buildConfluence({ root: host.root, home: "/srv/wiki2", install: "/nowhere" });
    rmSync(join(host.root, "/nowhere"), { recursive: true });
    const located = await locateConfluence(host, { home: "/srv/wiki2" }, "wiki2");
    expect(located.install).toBeUndefined();
    await expect(located.captureVersion()).rejects.toMatchObject({
      code: "version-unreadable",
      message: expect.stringContaining(`${install} belongs to the home ${home}`),
      hint: expect.stringContaining("applications.wiki2.install"),
    });
  });

  it("or lists every place that it looked at, and the key to set", async () => {
    await expect(locateConfluence(fixtureHost())).rejects.toMatchObject({
      code: "application-not-found",
      message: `the home of Confluence was not found; looked at:
- applications.confluence.home: not set
- the program files: ${install} (the vendor's default) does not exist
- ${home} (the vendor's default): does not exist`,
      hint: expect.stringContaining("applications.confluence.home"),
    });
  });

  it("and lists the pointers too where there are program files only", async () => {
    const host = confluenceHost({ pointer: "none" });
    rmSync(join(host.root, home), { recursive: true });
    await expect(locateConfluence(host)).rejects.toMatchObject({
      message: `the home of Confluence was not found; looked at:
- applications.confluence.home: not set
- -Dconfluence.home in ${install}/bin/setenv.sh: not set
- the variable CONFLUENCE_HOME: not set
- confluence.home in ${install}/confluence/WEB-INF/classes/confluence-init.properties: not set
- ${home} (the vendor's default): does not exist`,
    });
  });

  it("and stops at a home that is named but wrong, instead of taking another one", async () => {
    const host = confluenceHost({ pointer: "none" });
    writeFiles(host.root, {
      [`${install}/confluence/WEB-INF/classes/confluence-init.properties`]: "confluence.home = /srv/gone\n",
    });
    await expect(locateConfluence(host)).rejects.toMatchObject({
      code: "application-not-found",
      message: expect.stringMatching(/- \/srv\/gone \(confluence\.home in .*\): does not exist$/),
    });
    await expect(locateConfluence(host, { home: "/srv" })).rejects.toMatchObject({
      message: expect.stringMatching(/- \/srv \(applications\.confluence\.home\): /),
    });
    await expect(locateConfluence(host, { install: "/opt/none" })).rejects.toMatchObject({
      code: "application-not-found",
      hint: expect.stringContaining("applications.confluence.install"),
    });
  });

  it("and says which variable it does not know", async () => {
    const host = confluenceHost({ pointer: "none" });
    writeFiles(host.root, { [`${install}/bin/setenv.sh`]: `CATALINA_OPTS="-Dconfluence.home=\${WIKI_HOME}"\n` });
    rmSync(join(host.root, home), { recursive: true });
    await expect(locateConfluence(host)).rejects.toMatchObject({
      message: expect.stringContaining("the variable WIKI_HOME, whose value is not known"),
    });
  });
});
