import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuiltGitlab, buildGitlab, type GitlabFault } from "@catapullt/testkit/gitlab";
import { waitFor } from "@catapullt/testkit/wait-for";
import { expect, test } from "vitest";
import { holdDrill, processesIn } from "./drill-host.ts";
import { createRestoreHost, namesIn, type RestoreHost } from "./restore-host.ts";

const ownFile = "backup-agent-gitlab_gitlab_backup.tar";
const administratorsFile = "1700000000_2023_11_14_16.8.1_gitlab_backup.tar";

function createGitlab(settings: object = {}) {
  const host = createRestoreHost();
  const gitlab = buildGitlab({ directory: join(host.directory, "host") });
  writeFileSync(join(gitlab.backups, administratorsFile), "the administrator's own");
  const { install, configFile } = gitlab;
  host.configure(`  gitlab: ${JSON.stringify({ install, configFile, keys: "included", ...settings })}`);
  return { host, gitlab };
}

/** Nothing of the run is left: neither its file nor what GitLab stages, and the administrator's own is untouched. */
function expectCleared({ backups }: BuiltGitlab): void {
  expect(namesIn(backups)).toEqual([administratorsFile]);
}

function archives(host: RestoreHost): string[] {
  const place = join(host.workDirectory, "gitlab");
  return existsSync(place) ? readdirSync(place).filter((name) => name.endsWith(".sha1")) : [];
}

test("GitLab makes its own backup, which is saved with the configuration, and removed; a drill reads it", async () => {
  const { host, gitlab } = createGitlab();
  const { exitCode, stdout, stderr } = await host.run("gitlab");
  expect([exitCode, stderr]).toEqual([0, expect.not.stringMatching(/WARN|ERROR/)]);
  expect(gitlab.calls()).toEqual(["gitlab-backup create BACKUP=backup-agent-gitlab STRATEGY=copy SKIP=remote"]);
  expectCleared(gitlab);
  const archive = stdout.trim();
  const members = execFileSync("tar", ["-tf", archive], { encoding: "utf8" }).split("\n");
  expect(members.filter((name) => /^files\/.*[^/]$/.test(name))).toEqual([
    `files/backup/${ownFile}`,
    "files/config/gitlab-secrets.json",
    "files/config/gitlab.rb",
    "files/config/trusted-certs/ca.crt",
  ]);
  expect(execFileSync("tar", ["-xOf", archive, "RESTORE.md"], { encoding: "utf8" })).toContain(
    "gitlab-backup restore BACKUP=backup-agent-gitlab`",
  );

  const { report } = await holdDrill(host, archive);
  expect(report?.findings).toEqual([]);
  expect(report?.figures).toEqual([
    { what: "files in GitLab's backup", count: 4 },
    { what: "repository bundles", count: 1 },
  ]);

  const secrets = join(host.directory, "host/etc/gitlab/gitlab-secrets.json");
  rmSync(secrets);
  const restored = await host.run("restore", "gitlab", archive, "--yes", "--replace");
  expect([restored.exitCode, restored.stderr]).toEqual([0, expect.not.stringMatching(/ERROR/)]);
  expect(readFileSync(secrets, "utf8")).toContain("db_key_base");
  expect(namesIn(gitlab.backups)).toContain(ownFile);
});

test.each<[GitlabFault, string[]]>([
  [
    "part",
    ["failed (exit code 1)", "Dumping database failed: Failed to create compressed file", "run it by hand as root"],
  ],
  ["space", ["failed (exit code 1)", "Cannot write: No space left on device", "free space on the disk of"]],
  ["nothing", [`ended well, and`, `${ownFile} is not there`, "applications.gitlab.exports"]],
])("a gitlab-backup that fails (%s) fails the backup, says why, and leaves nothing", async (fault, told) => {
  const { host, gitlab } = createGitlab();
  gitlab.setFault(fault);
  const { exitCode, stderr } = await host.run("gitlab");
  expect(exitCode).toBe(1);
  for (const text of told) expect(stderr).toContain(text);
  expectCleared(gitlab);
  expect(archives(host)).toEqual([]);
});

test("a run that is told to end ends GitLab's backup and removes what it has made", async () => {
  const { host, gitlab } = createGitlab();
  gitlab.setFault("hang");
  const agent = host.start(["gitlab"]);
  await waitFor(() => existsSync(join(gitlab.backups, ownFile)));
  agent.kill("SIGTERM");
  expect(await agent.ended).toMatchObject({ exitCode: 143 });
  expectCleared(gitlab);
});

test("what a run that was killed has left is removed by the next one, once GitLab's backup has ended", async () => {
  const { host, gitlab } = createGitlab();
  gitlab.setFault("hang");
  const agent = host.start(["gitlab"]);
  await waitFor(() => existsSync(join(gitlab.backups, ownFile)));
  agent.kill("SIGKILL");
  await agent.ended;
  const early = await host.run("gitlab");
  expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining("is still at work")]);
  const [orphan = ""] = processesIn(gitlab.install);
  process.kill(-Number(orphan.split(" ")[0]), "SIGKILL");
  await waitFor(() => processesIn(gitlab.install).length === 0);
  expect(namesIn(gitlab.backups)).toContain(ownFile);
  gitlab.setFault("none");
  const next = await host.run("gitlab");
  expect([next.exitCode, next.stderr]).toEqual([
    0,
    expect.stringContaining("a run that was killed has left gitlab in"),
  ]);
  expect(namesIn(gitlab.backups)).not.toContain(ownFile);
});

test("a drill finds what is wrong with GitLab's own backup, and that the keys are missed", async () => {
  const { host, gitlab } = createGitlab();
  gitlab.setFault("foreign");
  rmSync(join(host.directory, "host/etc/gitlab/gitlab-secrets.json"));
  const { report } = await holdDrill(host, await host.backUp("gitlab"));
  expect(report?.findings.map(({ message }) => message)).toEqual([
    "GitLab's backup has no repositories/",
    "GitLab's backup was made without repositories",
    "GitLab's backup is of version 16.7.0, the program files were of 16.8.1: GitLab restores the same version and edition only",
    "gitlab-secrets.json is not there: two-factor logins and CI variables cannot be read without it",
  ]);
});

test("the keys go into an archive of their own, and are not missed in the other", async () => {
  const { host } = createGitlab({ keys: "separate" });
  const { stdout } = await host.run("gitlab");
  const [main = "", keys = ""] = stdout.trim().split("\n");
  const members = execFileSync("tar", ["-tf", keys], { encoding: "utf8" }).split("\n");
  expect(members.filter((name) => /^files\/.*[^/]$/.test(name))).toEqual([
    "files/config/gitlab-secrets.json",
    "files/config/gitlab.rb",
  ]);
  expect(execFileSync("tar", ["-tf", main], { encoding: "utf8" })).not.toContain("gitlab-secrets");
});
