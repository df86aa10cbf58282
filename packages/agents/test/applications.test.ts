import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildConfluence, confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import { buildGitea } from "@catapullt/testkit/gitea";
import { runProgramFile } from "@catapullt/testkit/programs";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, it } from "vitest";
import { applicationTypes } from "../applications/registry.ts";

const password = "pl4nted-Secret!";

interface Entry {
  name: string;
  configured: boolean;
  found: boolean;
  version: string | null;
  problem?: { code: string; message: string };
}

function prepare() {
  const root = temporaryDirectory("applications");
  const wiki = { home: join(root, "wiki-home"), install: join(root, "wiki") };
  buildConfluence({
    ...wiki,
    properties: confluenceDatabaseProperties({ url: "jdbc:mysql://db1:3306/wiki", password }),
  });
  const locked = { home: join(root, "locked-home"), install: join(root, "locked") };
  buildConfluence({ ...locked, properties: { "hibernate.connection.password": "{ATL_SECURED}" } });
  const { workPath, program } = buildGitea({ workPath: join(root, "gitea") });
  const file = join(root, "agent.json");
  const applications = {
    wiki: { type: "confluence", ...wiki },
    locked: { type: "confluence", ...locked },
    gone: { type: "confluence", home: join(root, "nothing") },
    gitea: { home: workPath, install: program },
  };
  writeFileSync(file, JSON.stringify({ applications }));
  return { root, file, wiki };
}

describe("backup-agent applications", () => {
  it("lists what is configured, where, and what stands in the way", async () => {
    const { root, file, wiki } = prepare();
    const { exitCode, stdout, stderr } = await runProgramFile("backup-agent", ["applications", "--config", file]);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    const lines = stdout.split("\n").map((line) => line.split(/ {2,}/));
    expect(lines[0]).toEqual(["APPLICATION", "TYPE", "FOUND", "VERSION", "DATABASE"]);
    expect(lines[1]).toEqual(["wiki", "confluence", wiki.home, "8.5.4", "mysql db1:3306/wiki as confluence"]);
    expect(lines[3]?.slice(0, 3)).toEqual(["gone", "confluence", "no"]);
    expect(lines[4]).toEqual([
      "gitea",
      "gitea",
      join(root, "gitea"),
      "1.22.3",
      `sqlite ${join(root, "gitea/data/gitea.db")}`,
    ]);
    expect(stdout).toContain("locked: the database password was moved from");
    expect(stdout).toContain("applications.locked.database.password: { file: /etc/backup-tools/locked.password }");
    expect(stdout).toContain(`${join(root, "nothing")} (applications.gone.home): does not exist`);
    expect(stdout).toMatch(/types:\n {2}confluence +Atlassian Confluence\n/);
  });

  it("prints the same as one JSON document, without any password", async () => {
    const { file } = prepare();
    const { exitCode, stdout, stderr } = await runProgramFile("backup-agent", [
      "applications",
      "--json",
      "-v",
      "-c",
      file,
    ]);
    expect(exitCode).toBe(0);
    const { applications, types } = JSON.parse(stdout) as { applications: Entry[]; types: object[] };
    expect(
      applications.map(({ name, configured, found, version, problem }) => [
        name,
        configured,
        found,
        version,
        problem?.code,
      ]),
    ).toEqual([
      ["wiki", true, true, "8.5.4", undefined],
      ["locked", true, true, undefined, "password-unavailable"],
      ["gone", true, false, undefined, "application-not-found"],
      ["gitea", true, true, "1.22.3", undefined],
      ...applicationTypes
        .filter(({ name, requiredKeys }) => name !== "gitea" && requiredKeys.length === 0)
        .map(({ name }) => [name, false, false, undefined, "application-not-found"]),
    ]);
    expect(types).toContainEqual({ name: "generic", title: "any other application" });
    expect(stdout + stderr).not.toContain(password);
  });

  it("tells everything of those that are named, and of a name that is none what it could be", async () => {
    const { file, wiki } = prepare();
    const { exitCode, stdout } = await runProgramFile("backup-agent", [
      "applications",
      "wiki",
      "confluence",
      "-c",
      file,
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`home           ${wiki.home} (applications.wiki.home)`);
    expect(stdout).toContain("confluence:\n  the home of Confluence was not found; looked at:");
    expect(stdout).not.toContain("gitea");
    const unknown = await runProgramFile("backup-agent", ["applications", "wikki", "-c", file]);
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean "wiki"?')]);
  });

  it("ends with code 2 and every problem where the configuration is wrong", async () => {
    const file = join(temporaryDirectory("applications"), "agent.yaml");
    writeFileSync(file, "applications:\n  wiki2:\n    home: /srv/wiki2\n  confluence:\n    hme: /srv\n");
    const { exitCode, stdout, stderr } = await runProgramFile("backup-agent", ["applications", "--config", file]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("hme");
    expect(stderr).toContain("did you mean");
  });
});
