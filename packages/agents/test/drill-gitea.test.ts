import { rmSync } from "node:fs";
import { join } from "node:path";
import { buildGitea, type GiteaOptions } from "@catapullt/testkit/gitea";
import { expect, test } from "vitest";
import { drillDirectory, holdDrill, processesIn } from "./drill-host.ts";
import { createRestoreHost, namesIn } from "./restore-host.ts";

function createGitea(optionsIn: (directory: string) => GiteaOptions = () => ({})) {
  const host = createRestoreHost();
  const { workPath, configFile, program } = buildGitea({
    workPath: join(host.directory, "gitea"),
    repositories: 3,
    ...optionsIn(host.directory),
  });
  host.configure(`  gitea:\n    home: ${workPath}\n    configFile: ${configFile}\n    install: ${program}`);
  return { host, workPath };
}

test("a drill of Gitea on SQLite needs no server and finds all repositories and attachments", async () => {
  const { host } = createGitea();
  const directory = drillDirectory();
  const { exitCode, report } = await holdDrill(host, await host.backUp("gitea"), { directory });
  expect([exitCode, report?.findings]).toEqual([0, []]);
  expect(report?.databases).toEqual([expect.objectContaining({ engine: "sqlite", tables: 4, rows: 47 })]);
  expect(report?.figures).toEqual([
    { what: "issues and pull requests", count: 40 },
    { what: "repositories", count: 3 },
    { what: "attachments", count: 3 },
  ]);
  expect(namesIn(directory)).toEqual([]);
  expect(processesIn(directory)).toEqual([]);
});

test("app.ini outside of the work path is found in the archive", async () => {
  const { host } = createGitea((directory) => ({ configFile: join(directory, "etc/app.ini") }));
  const { exitCode, report } = await holdDrill(host, await host.backUp("gitea"));
  expect([exitCode, report?.findings]).toEqual([0, []]);
});

test("a repository without its directory and an attachment without its file are findings", async () => {
  const { host, workPath } = createGitea();
  const repositories = join(workPath, "data/gitea-repositories");
  rmSync(join(repositories, "team/project-2.git"), { recursive: true });
  rmSync(join(workPath, "data/attachments/a"), { recursive: true });
  const { exitCode, report, stderr } = await holdDrill(host, await host.backUp("gitea"));
  expect(exitCode).toBe(1);
  expect(report?.findings).toEqual([
    { subject: "gitea", message: `1 of 3 repositories have no directory in ${repositories}: team/project-2` },
    {
      subject: "gitea",
      message: `3 of 3 attachments have no file in ${join(workPath, "data/attachments")}: Skizze 1.png, Skizze 2.png, Skizze 3.png`,
    },
  ]);
  expect(stderr).toContain("team/project-2");
});
