import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { confluenceDatabaseSql } from "@catapullt/testkit/confluence-database";
import { freePort } from "@catapullt/testkit/free-port";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { execa } from "execa";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import {
  type ConfluenceHost,
  createConfluenceHost,
  databasePassword,
  editAgentConfig,
  replaceProgram,
} from "./confluence-host.ts";

let server: ThrowawayMariadb;

beforeAll(async () => {
  server = await startMariadb({ tcp: true });
  await server.execute("CREATE DATABASE confluence CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  await server.execute(confluenceDatabaseSql(), "confluence");
  await server.createUser("confluence", databasePassword, ["ALL PRIVILEGES ON confluence.*", "SELECT ON mysql.proc"]);
});

afterAll(() => server.stop());

interface Failure {
  exitCode?: number;
  code: string;
  /** What the message and its hint must say. */
  says: RegExp[];
  application?: string;
}

async function expectFailure(host: ConfluenceHost, { exitCode = 1, code, says, application = "confluence" }: Failure) {
  const result = await host.backUp({ application });

  expect(result.stderr).toContain(`code=${code}`);
  for (const pattern of says) expect(result.stderr).toMatch(pattern);
  expect(result.exitCode).toBe(exitCode);
  expect(result.stdout).toBe("");
  expect(result.stderr).not.toMatch(/^\s+at /m);
  expect(result.stderr).not.toContain(databasePassword.trim());
  expect(host.files()).toEqual([]);
  expect(host.mails).toHaveLength(1);
  expect(host.mails[0]?.subject).toMatch(/FAILED/);
  expect(host.mails[0]?.text).toMatch(says[0] ?? /./);
  expect(host.mails[0]?.raw).not.toContain(databasePassword.trim());
}

/** Mounts a small file system of its own for the time of the test. */
async function mountSmallDisk(options: string): Promise<string> {
  const directory = temporaryDirectory("disk");
  await execa("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory]);
  onTestFinished(async () => {
    await execa("umount", ["--lazy", directory]);
  });
  return directory;
}

test("a wrong password fails and says which user was refused", async () => {
  const host = await createConfluenceHost({ server, database: "    database: { password: wrong-password }\n" });
  await expectFailure(host, { code: "database-denied", says: [/confluence/, /password/] });
});

test("a database that is down fails and says where it was looked for", async () => {
  const port = await freePort();
  const host = await createConfluenceHost({ server, database: `    database: { port: ${port} }\n` });
  await expectFailure(host, { code: "database-unreachable", says: [new RegExp(`127\\.0\\.0\\.1:?.*${port}`)] });
});

test("a missing dump tool fails and says how to install it", async () => {
  const host = await createConfluenceHost({ server });
  const tools = temporaryDirectory("tools");
  for (const name of ["sh", "env", "node"]) {
    await execa("ln", ["-s", name === "node" ? process.execPath : `/bin/${name}`, join(tools, name)]);
  }
  const result = await host.backUp({ environment: { PATH: `${host.programs}:${tools}` } });

  expect(result.stderr).toContain("code=tool-missing");
  expect(result.stderr).toMatch(/apt-get install mariadb-client/);
  expect(result.exitCode).toBe(1);
  expect(host.files()).toEqual([]);
  expect(host.mails[0]?.subject).toMatch(/FAILED/);
});

test("a dump that is killed half-way fails", async () => {
  const host = await createConfluenceHost({ server });
  replaceProgram(host, "mariadb-dump", '$real "$@" | head -c 3000\nkill -KILL $$');
  await expectFailure(host, { code: "dump-failed", says: [/SIGKILL/] });
});

test("a dump without its closing line fails although the tool says that all is well", async () => {
  const host = await createConfluenceHost({ server });
  replaceProgram(host, "mariadb-dump", "$real \"$@\" | sed '$d'");
  await expectFailure(host, { code: "dump-incomplete", says: [/Dump completed|closing line/i] });
});

test("a dump that lacks a table fails and names the table", async () => {
  const host = await createConfluenceHost({ server });
  replaceProgram(
    host,
    "mariadb-dump",
    'first=$1; shift; exec $real "$first" --ignore-table=confluence.PLUGINDATA "$@"',
  );
  await expectFailure(host, { code: "dump-incomplete", says: [/PLUGINDATA/] });
});

test("a dump that lacks triggers fails and names one", async () => {
  const host = await createConfluenceHost({ server });
  replaceProgram(host, "mariadb-dump", 'exec $real "$@" | sed "/TRIGGER/d"');
  await expectFailure(host, { code: "dump-incomplete", says: [/content_inserted/] });
});

test("a user who may not see triggers fails with the GRANT to run", async () => {
  await server.createUser("blind", "blind-password", [
    "SELECT, SHOW VIEW, EVENT, LOCK TABLES ON confluence.*",
    "SELECT ON mysql.proc",
  ]);
  const host = await createConfluenceHost({
    server,
    database: "    database: { user: blind, password: blind-password }\n",
  });
  await expectFailure(host, { code: "database-privileges", says: [/trigger/i, /GRANT TRIGGER ON `confluence`\.\*/] });
});

test("an unreadable file fails and is named", async () => {
  const host = await createConfluenceHost({ server });
  const file = join(host.confluence.home, host.confluence.attachments[0] ?? "");
  chmodSync(file, 0);
  const result = await host.backUp({ prefix: ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] });

  expect(result.stderr).toContain("code=files-unreadable");
  expect(result.stderr).toContain(file);
  expect(result.exitCode).toBe(1);
  expect(host.files()).toEqual([]);
  expect(host.mails[0]?.text).toContain(file);
});

test("a full work directory fails and leaves nothing behind", async () => {
  const host = await createConfluenceHost({ server, workDirectory: await mountSmallDisk("size=64k") });
  writeFileSync(
    join(host.confluence.home, "attachments", "large"),
    Buffer.alloc(3_000_000, "incompressible?").map(() => Math.random() * 256),
  );
  await expectFailure(host, { code: "work-directory-unusable", says: [/full|no space/i] });
});

test("a read-only work directory fails", async () => {
  const host = await createConfluenceHost({ server, workDirectory: await mountSmallDisk("ro") });
  await expectFailure(host, { code: "work-directory-unusable", says: [/read-only/] });
});

test("a work directory that is missing fails and is not made", async () => {
  const host = await createConfluenceHost({ server });
  rmSync(host.workDirectory, { recursive: true });
  await expectFailure(host, { code: "work-directory-unusable", says: [/does not exist/, /mkdir/] });
});

test("a work directory inside the home is refused", async () => {
  const host = await createConfluenceHost({ server });
  const inside = join(host.confluence.home, "backups");
  mkdirSync(inside, { recursive: true });
  editAgentConfig(host, (text) => text.replace(/^workDir: .*/, `workDir: ${inside}`));
  await expectFailure(host, { exitCode: 2, code: "work-directory-inside-home", says: [/inside/] });
});

test("broken YAML is refused with its line", async () => {
  const host = await createConfluenceHost({ server });
  editAgentConfig(host, (text) => `${text}  wiki2: { type: [\n`);
  await expectFailure(host, { exitCode: 2, code: "config-invalid", says: [/agent\.yaml:\d+/] });
});

test("an unknown key is refused with its line and a suggestion", async () => {
  const host = await createConfluenceHost({ server });
  editAgentConfig(host, (text) => text.replace("    home:", "    hoem:"));
  await expectFailure(host, { exitCode: 2, code: "config-invalid", says: [/agent\.yaml:5/, /did you mean "?home/] });
});

test("an unknown application is refused with a suggestion", async () => {
  const host = await createConfluenceHost({ server });
  await expectFailure(host, {
    exitCode: 2,
    code: "application-unknown",
    says: [/conflunce/, /did you mean "?confluence/],
    application: "conflunce",
  });
});

test("an application that is not there fails and lists where it was looked for", async () => {
  const host = await createConfluenceHost({ server });
  rmSync(host.confluence.home, { recursive: true });
  await expectFailure(host, { code: "application-not-found", says: [new RegExp(host.confluence.home)] });
});

test("a version that cannot be read fails and says what was tried", async () => {
  const host = await createConfluenceHost({ server });
  for (const part of ["META-INF", "WEB-INF/lib"])
    rmSync(join(host.confluence.install, "confluence", part), { recursive: true });
  await expectFailure(host, { code: "version-unreadable", says: [/pom\.properties/] });
});

test("an application that is upgraded meanwhile fails, since the archive would mix two versions", async () => {
  const host = await createConfluenceHost({ server });
  const programFiles = join(host.confluence.install, "confluence/META-INF/maven");
  replaceProgram(host, "mariadb-dump", `grep -rl 8.5.4 ${programFiles} | xargs sed -i s/8.5.4/8.6.0/\nexec $real "$@"`);
  await expectFailure(host, { code: "version-changed", says: [/8\.5\.4 before, 8\.6\.0 after/] });
});

test("the commands of `hooks` run before and after, the latter also after a failure", async () => {
  const host = await createConfluenceHost({ server });
  const trace = join(host.directory, "trace");
  editAgentConfig(
    host,
    (text) =>
      `${text}    hooks: { before: ["echo before >> ${trace}; exit 3"], after: [[sh, -c, "echo after >> ${trace}"]] }\n`,
  );
  await expectFailure(host, { code: "hook-failed", says: [/exit code 3/] });
  expect(readFileSync(trace, "utf8")).toBe("before\nafter\n");
});
