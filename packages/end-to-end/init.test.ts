import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildConfluence, confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import type { PrivateHost } from "@catapullt/testkit/private-host";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { expect, test } from "vitest";
import { path, startHost } from "./lost-host.ts";

const environment = { PATH: path };
const secret = "pl4nted-Secret!";
const programs = [
  ["backup-agent", "agent"],
  ["notify", "notify"],
  ["archiver", "archiver"],
] as const;

function run(host: PrivateHost, command: string) {
  return host.run(["sh", "-ec", command], { environment });
}

/** Runs it on a terminal of its own, where a person types these lines. */
function onTerminal(host: PrivateHost, command: string, lines: readonly string[]) {
  const words = [systemProgram("script"), "--quiet", "--return", "--command", command, "/dev/null"];
  return host.run(words, { environment, input: lines.map((line) => `${line}\n`).join("") });
}

function buildWiki(host: PrivateHost): void {
  const url = "jdbc:mysql://127.0.0.1:3306/confluence";
  buildConfluence({
    root: host.root,
    properties: confluenceDatabaseProperties({ url, user: "confluence", password: secret }),
  });
}

test.each(programs)(
  "%s init asks nobody without a terminal, and what it writes passes config check",
  async (program, name) => {
    const host = await startHost();
    buildWiki(host);
    const { exitCode, stdout, stderr } = await run(host, `${program} init`);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`wrote /etc/backup-tools/${name}.yaml\n\nnext:\n  `);
    const file = join(host.root, "etc/backup-tools", `${name}.yaml`);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readFileSync(file, "utf8")).not.toContain(secret);
    expect(await run(host, `${program} config check`)).toMatchObject({
      exitCode: 0,
      stdout: `/etc/backup-tools/${name}.yaml is valid\n`,
    });
    // Every example may be taken up too, but for secrets, whose files are not there.
    const text = readFileSync(file, "utf8");
    const taken = text
      .replace(/^( *)# ((?: {2})*(?:- )?[a-z][\w.-]*:(?: |$))/gm, "$1$2")
      .replace(/^ *(?:user|password): .*\n/gm, "");
    expect(taken).not.toBe(text);
    const repaired = name === "archiver" ? taken.replace("address:", "user: backup\n    address:") : taken;
    writeFileSync(file, repaired);
    const check = await run(host, `${program} config check`);
    expect(check.exitCode, `${repaired}\n${check.stderr}`).toBe(0);
  },
);

test("backup-agent init names what it found, and the agent finds it again with that file", async () => {
  const host = await startHost();
  buildWiki(host);
  const { exitCode, stdout } = await onTerminal(host, "backup-agent init", ["", "srv", "/srv/waiting", "0", "5"]);
  expect(stdout).toMatch(/back up confluence 8\.5\.4 in \/var\/atlassian.* as confluence\? \[yes\]: /);
  expect(stdout).toContain("expected a full path such as /srv/data");
  expect(stdout).toContain("expected a number from 1 on");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("mkdir -p -m 0750 /srv/waiting");
  const text = readFileSync(join(host.root, "etc/backup-tools/agent.yaml"), "utf8");
  expect(text).toMatch(/^workDir: \/srv\/waiting$/m);
  expect(text).toMatch(/^retention: \{ last: 5 \}$/m);
  expect(text).toMatch(/^ {2}confluence:\n(?: +#.*\n)* {4}home: \/var\/atlassian/m);
  expect(text).not.toContain(secret);
  expect((await run(host, "backup-agent config check")).exitCode).toBe(0);
  const listed = await run(host, "backup-agent applications --json");
  expect(JSON.parse(listed.stdout).applications[0]).toMatchObject({
    name: "confluence",
    configured: true,
    found: true,
    version: "8.5.4",
  });
});

test("backup-agent init leaves out what is answered with no", async () => {
  const host = await startHost();
  buildWiki(host);
  expect((await onTerminal(host, "backup-agent init", ["maybe", "no", "", ""])).exitCode).toBe(0);
  const text = readFileSync(join(host.root, "etc/backup-tools/agent.yaml"), "utf8");
  expect(text).not.toMatch(/^ *confluence:/m);
  expect((await run(host, "backup-agent config check")).exitCode).toBe(0);
});

test("notify init asks for mail server, login and addresses again until they can be, and sends nothing", async () => {
  const host = await startHost();
  mkdirSync(join(host.root, "etc/backup-tools"));
  writeFileSync(join(host.root, "etc/backup-tools/smtp.password"), `${secret}\n`, { mode: 0o600 });
  const { exitCode, stdout } = await onTerminal(host, "notify init", [
    ...["mail.example.com", "ssl", "tls", "backup"],
    ...["/etc/backup-tools/nothing", "no", "/etc/backup-tools/smtp.password"],
    ...["backup", "Backup <backup@example.com>", "admin@example.com, two@example.com"],
  ]);
  expect(stdout).toContain("expected one of none, starttls, tls");
  expect(stdout).toMatch(/nothing.*; leave it out for now\? \[no\]: /);
  expect(stdout).toContain("expected one mail address such as");
  expect(stdout).toContain("  notify test");
  expect(exitCode).toBe(0);
  const text = readFileSync(join(host.root, "etc/backup-tools/notify.yaml"), "utf8");
  expect(text).toMatch(/^ {4}password: \{ file: \/etc\/backup-tools\/smtp.password \}$/m);
  expect(text).toMatch(/^ {4}to: \[ admin@example.com, two@example.com \]$/m);
  expect(text + stdout).not.toContain(secret);
  expect((await run(host, "notify config check")).exitCode).toBe(0);
});

test("archiver init asks for the first host, and prints how the two are to trust each other", async () => {
  const host = await startHost();
  mkdirSync(join(host.root, "etc/backup-tools"));
  const answers = ["", "wiki01", "wiki01.example.com", "", "/etc/backup-tools/key", "confluence"];
  const { exitCode, stdout } = await onTerminal(host, "archiver init", answers);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("ssh-keygen -t ed25519 -N '' -f /etc/backup-tools/key");
  expect(stdout).toContain("ssh-keyscan -t ed25519 wiki01.example.com >> /etc/backup-tools/known_hosts");
  expect((await run(host, "archiver config check")).exitCode).toBe(0);
  expect(readFileSync(join(host.root, "etc/backup-tools/archiver.yaml"), "utf8")).toMatch(
    /^ {6}confluence:\n +# When .*\n {8}schedule: 0 2 \* \* \*$/m,
  );
  // With the key in its place, its line is complete.
  await run(host, "ssh-keygen -q -t ed25519 -N '' -f /etc/backup-tools/key");
  const again = await onTerminal(host, "archiver init --force", answers);
  const key = readFileSync(join(host.root, "etc/backup-tools/key.pub"), "utf8").trim();
  expect(again.stdout).toContain(`restrict,command="internal-sftp" ${key}`);
  expect(again.stdout).not.toContain("ssh-keygen -t ed25519 -N");
});

test.each(programs)("%s init refuses to overwrite; with --force the old file is kept", async (program, name) => {
  const host = await startHost();
  const directory = join(host.root, "etc/backup-tools");
  mkdirSync(directory);
  const file = join(directory, `${name}.yaml`);
  writeFileSync(file, "# mine\n");
  const refused = await run(host, `${program} init || exit $?`);
  expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
  expect(refused.stderr).toContain(`there is a configuration already: /etc/backup-tools/${name}.yaml`);
  expect(readFileSync(file, "utf8")).toBe("# mine\n");
  expect((await run(host, `${program} init --force --yes`)).exitCode).toBe(0);
  const kept = readdirSync(directory).find((other) => other.endsWith(".old")) ?? "";
  expect(readFileSync(join(directory, kept), "utf8")).toBe("# mine\n");
  // One of another form would count beside it.
  rmSync(file);
  writeFileSync(join(directory, `${name}.json`), "{}");
  expect((await run(host, `${program} init --force --yes || exit $?`)).exitCode).toBe(2);
  expect(existsSync(file)).toBe(false);
  expect((await run(host, `${program} init --yes --output /srv/draft.yaml`)).stdout).toContain("wrote /srv/draft.yaml");
  expect((await run(host, `${program} init --yes --output /srv/draft.json || exit $?`)).exitCode).toBe(2);
});

test("answers that end leave nothing behind", async () => {
  const host = await startHost();
  const { exitCode, stdout } = await onTerminal(host, "archiver init", ["", "\u0004"]);
  expect(stdout).toContain("the answers ended: nothing was written");
  expect(exitCode).toBe(2);
  expect(existsSync(join(host.root, "etc/backup-tools/archiver.yaml"))).toBe(false);
});
