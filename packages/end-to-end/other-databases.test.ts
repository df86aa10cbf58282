import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PrivateHost, startPrivateHost } from "@catapullt/testkit/private-host";
import { writeFiles } from "@catapullt/testkit/write-files";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { installStandInDatabases, standInDirectory } from "./stand-in-databases.ts";

const repository = new URL("../../", import.meta.url).pathname;
const password = "p#a\"s's w\\ord;$x";
const page = readCodeBlocks("how-to/other-databases.md");

const systems = [
  { application: "crm", files: "uploads", content: "customers 😀\nand more\n", tool: "sqlcmd", dump: "crm.bak" },
  { application: "erp", files: "documents", content: "items\n", tool: "expdp", dump: "erp.dmp" },
] as const;

let host: PrivateHost;

beforeAll(async () => {
  host = await startPrivateHost();
  installStandInDatabases(host.root);
  for (const { language, content, named = "" } of page)
    if (language === "yaml") writeFiles(host.root, { [named]: content });
  writeFiles(host.root, {
    "/etc/backup-tools/crm.password": `${password}\n`,
    "/etc/backup-tools/sa.password": "sa's own\n",
    "/srv/databases/backup.password": `${password}\n`,
    "/srv/databases/sa.password": "sa's own\n",
    "/etc/oracle/backup/sqlnet.ora": "WALLET_LOCATION = …\n",
    "/srv/databases/erp": "items\n",
    "/srv/crm/package.json": '{ "version": "7.1" }',
    "/srv/crm/uploads/a.txt": "a",
    "/srv/erp/package.json": '{ "version": "12.2" }',
    "/srv/erp/documents/b.txt": "b",
  });
  await run("useradd --system mssql; useradd --system oracle; chown oracle /srv/databases /srv/databases/erp");
});

afterAll(() => host?.stop());

const environment = {
  PATH: `${standInDirectory}:${repository}node_modules/.bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  HOME: "/root",
};

async function run(command: string) {
  return await host.run(["sh", "-e", "-c", command], { environment });
}

function inHost(path: string): string {
  return join(host.root, path);
}

function archivesOf(application: string): string[] {
  const directory = inHost(`/var/backups/backup-tools/${application}`);
  return existsSync(directory)
    ? readdirSync(directory)
        .filter((name) => !name.startsWith("."))
        .map((name) => join(directory, name))
    : [];
}

function fillDatabase(application: string, content: string): void {
  writeFileSync(inHost(`/srv/databases/${application}`), content);
}

test.each(systems)(
  "docs/how-to/other-databases.md: the configuration for $application makes an archive from which its commands restore",
  async ({ application, files, content, dump }) => {
    fillDatabase(application, content);
    const backup = await run(`backup-agent ${application}`);
    expect(backup.stderr).not.toMatch(/WARN|ERROR/);
    expect(backup).toMatchObject({ exitCode: 0 });
    expect(backup.stdout + backup.stderr).not.toContain(password);
    const archive = backup.stdout.trim();
    const members = execFileSync("tar", ["-tf", inHost(archive)], { encoding: "utf8" });
    expect(members).toContain(`files/${application}-dump/${dump}`);
    expect(existsSync(inHost(`/var/backups/${application}-dump`))).toBe(false);

    rmSync(inHost(`/srv/databases/${application}`));
    rmSync(inHost(`/srv/${application}/${files}`), { recursive: true });
    const shown = page.filter(({ language }) => language === "sh");
    expect(shown).toHaveLength(systems.length);
    const [commands] = shown.filter(({ content: text }) => text.startsWith(`backup-agent restore ${application}`));
    const restore = await run(commands?.content.replace("ARCHIVE", archive) ?? "exit 99");
    expect(restore.stderr).not.toMatch(/ERROR/);
    expect(restore).toMatchObject({ exitCode: 0 });
    expect(readFileSync(inHost(`/srv/databases/${application}`), "utf8")).toBe(content);
    expect(readdirSync(inHost(`/srv/${application}/${files}`))).toHaveLength(1);
    expect(existsSync(inHost(`/var/backups/${application}-dump`))).toBe(false);
  },
);

test.each([
  { application: "crm", failing: "sqlcmd", code: "1", says: "BACKUP DATABASE is terminating abnormally" },
  { application: "crm", failing: "verify", code: "1", says: "media family is incorrectly formed" },
  { application: "erp", failing: "expdp", code: "1", says: "ORA-31693" },
  { application: "erp", failing: "expdp", code: "5", says: "ORA-31693" },
])(
  "a dump of $application that fails ($failing: $code) fails the backup, and nothing is left of it",
  async (failure) => {
    const { application, failing, code, says } = failure;
    fillDatabase(application, "content\n");
    const marker = inHost(`/srv/databases/${failing}.fails`);
    writeFileSync(marker, code);
    onTestFinished(() => rmSync(marker));
    const before = archivesOf(application);

    const { exitCode, stdout, stderr } = await run(`backup-agent ${application}`);

    expect(exitCode).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain(says);
    expect(stderr).toMatch(new RegExp(`ERROR the before hook failed \\(exit code ${code}\\): .*code=hook-failed`));
    expect(stderr).not.toContain(password);
    expect(archivesOf(application)).toEqual(before);
    expect(existsSync(inHost(`/var/backups/${application}-dump`))).toBe(false);
  },
);

test("what a run that was killed left in the dump directory does no harm", async () => {
  fillDatabase("crm", "new\n");
  mkdirSync(inHost("/var/backups/crm-dump"));
  writeFileSync(inHost("/var/backups/crm-dump/crm.bak"), "old and much longer than the new one\n");
  const { stdout, exitCode } = await run("backup-agent crm");
  expect(exitCode).toBe(0);
  const member = "files/crm-dump/crm.bak";
  expect(execFileSync("tar", ["-xOf", inHost(stdout.trim()), member], { encoding: "utf8" })).toBe("new\nend\n");
});

test.each([
  { code: "5", exitCode: 0 },
  { code: "1", exitCode: 1 },
])("with the ending that lets warnings pass, expdp's code $code ends the backup with $exitCode", async (expected) => {
  const ending = "|| [ $? -eq 5 ]";
  expect(readFileSync(new URL("../../docs/how-to/other-databases.md", import.meta.url), "utf8")).toContain(ending);
  const [configuration] = page.filter(({ language }) => language === "yaml");
  const lenient = configuration?.content.replace(/reuse_dumpfiles=yes$/m, `$& ${ending.replaceAll("$", "$$$$")}`) ?? "";
  writeFileSync(inHost("/etc/backup-tools/lenient.yaml"), lenient);
  fillDatabase("erp", "content\n");
  const marker = inHost("/srv/databases/expdp.fails");
  writeFileSync(marker, expected.code);
  onTestFinished(() => rmSync(marker));
  const { exitCode } = await run("backup-agent --config /etc/backup-tools/lenient.yaml erp");
  expect(exitCode).toBe(expected.exitCode);
});
