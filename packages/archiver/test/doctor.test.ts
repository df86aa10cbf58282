import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEmbeddedSftpServer } from "@catapullt/testkit/embedded-sftp-server";
import { startSshServer, type ThrowawaySshServer } from "@catapullt/testkit/sshd";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createBackupHost, filesBelow, sftpHost } from "./backup-host.ts";
import { putArchive } from "./sample-archive.ts";

let open: ThrowawaySshServer;
let closed: ThrowawaySshServer;
beforeAll(async () => {
  open = await startSshServer({ commands: true });
  closed = await startSshServer({ configuration: ["AllowTcpForwarding no"] });
});
afterAll(async () => {
  for (const server of [open, closed]) await server?.stop();
});

interface Line {
  host: string;
  check: string;
  status: string;
  message: string;
  fix: string | null;
}

async function setUp() {
  const host = createBackupHost();
  chmodSync(host.vault, 0o750);
  await putArchive(host.work);
  const examine = async (settings: object, more: object = {}) => {
    host.configure({ wiki01: settings }, more);
    const result = await host.archiver(["doctor", "--json"]);
    const { healthy, lines } = JSON.parse(result.stdout) as { healthy: boolean; lines: Line[] };
    return { ...result, healthy, lines, of: (check: string) => lines.filter((line) => line.check === check) };
  };
  return { host, examine };
}

test("says of a host that is as it should be that all is well, and leaves everything as it was", async () => {
  const { host, examine } = await setUp();
  const before = [...filesBelow(host.directory)];
  const { exitCode, healthy, lines } = await examine(sftpHost(closed, host.work), { quota: "1GB" });

  expect({ exitCode, healthy }).toEqual({ exitCode: 0, healthy: true });
  const found = lines.map(({ host: name, check, status }) => `${name} ${check} ${status}`);
  for (const check of ["connection", "host key", "login", "work directory", "permissions", "clock", "quota"])
    expect(found).toContain(`wiki01 ${check} ok`);
  for (const check of ["vault", "vault permissions", "space"]) expect(found).toContain(` ${check} ok`);
  expect(filesBelow(host.directory).filter((path) => !/^(archiver\.yaml|report\.json)/.test(path))).toEqual(
    before.filter((path) => !/^(archiver\.yaml|report\.json)/.test(path)),
  );
  expect(readdirSync(join(host.work, "wiki")).filter((name) => name.startsWith("."))).toEqual([]);
});

test("tells what a user may do beyond what is needed, with the line that takes it away", async () => {
  const { host, examine } = await setUp();
  const { exitCode, of } = await examine(sftpHost(open, host.work));
  expect(exitCode).toBe(0);
  const powers = of("powers")
    .map(({ message }) => message)
    .join("\n");
  expect(powers).toContain("may run commands");
  expect(powers).toContain("may open connections from there");
  expect(powers).toContain("may listen at ports there");
  expect(powers).toContain("sees the whole file system");
  expect(powers).toMatch(/may write to \/tmp/);
  expect(of("powers").at(-1)).toMatchObject({
    status: "warn",
    fix: expect.stringContaining(`Match User ${open.user}`),
  });
  expect(of("quota")).toMatchObject([{ status: "warn", fix: expect.stringContaining("quota") }]);

  const restricted = (await examine(sftpHost(closed, host.work))).of("powers").map(({ message }) => message);
  expect(restricted.join("\n")).not.toMatch(/commands|connections|listen/);
});

test.each([
  ["connection", { port: 1 }, "connection is refused", []],
  ["host key", { knownHostsFile: "/dev/null" }, "is not known", ["connection"]],
  ["login", { user: "nobody" }, "refuses the login", ["connection", "host key"]],
  ["login", { identityFile: "/nonexistent/key" }, "does not exist", []],
  ["work directory", { path: "/nonexistent/work" }, "has no directory", ["connection", "host key", "login"]],
])("says how far it came: %s fails with %j", async (check, change, message, before) => {
  const { host, examine } = await setUp();
  const { exitCode, healthy, of } = await examine({ ...sftpHost(closed, host.work), ...change });
  expect({ exitCode, healthy }).toEqual({ exitCode: 1, healthy: false });
  expect(of(check)).toMatchObject([
    { status: "fail", message: expect.stringContaining(message), fix: expect.any(String) },
  ]);
  for (const earlier of before) expect(of(earlier)).toMatchObject([{ status: "ok" }]);
  expect(host.report().failures).toMatchObject([{ subject: "wiki01", code: "doctor" }]);
});

test("finds what a pull could not remove, also behind a server that only lets read", async () => {
  const { host, examine } = await setUp();
  const server = await startEmbeddedSftpServer({ directory: host.work });
  onTestFinished(() => server.stop());
  const { exitCode, of } = await examine(sftpHost(server, "/"));
  expect(exitCode).toBe(1);
  expect(of("permissions")).toMatchObject([
    {
      status: "fail",
      message: expect.stringContaining("wiki: archives cannot be removed"),
      fix: expect.stringContaining("--keep-remote"),
    },
  ]);
});

test("tells of a directory from which only owners may remove, and of an application that is not there", async () => {
  const { host, examine } = await setUp();
  chmodSync(join(host.work, "wiki"), 0o1777);
  const settings = { ...sftpHost(closed, host.work), expect: { jira: { every: "24h" } } };
  const { of } = await examine(settings);
  expect(
    of("permissions")
      .map(({ message }) => message)
      .join("\n"),
  ).toContain("wiki: only their owner may remove");
  expect(
    of("work directory")
      .map(({ message }) => message)
      .join("\n"),
  ).toContain("no directory of jira");
});

test("tells of a vault that others can enter, and of a quota that is used up", async () => {
  const { host, examine } = await setUp();
  host.configure({ wiki01: sftpHost(closed, host.work) });
  await host.archiver(["pull", "--keep-remote"]);
  chmodSync(host.vault, 0o755);
  const { exitCode, of } = await examine({ ...sftpHost(closed, host.work), quota: "80kB" });
  expect(exitCode).toBe(1);
  expect(of("vault permissions")).toMatchObject([{ status: "warn", fix: `run: chmod o= ${host.vault}` }]);
  expect(of("quota")).toMatchObject([{ status: "fail", message: expect.stringContaining("will not fit") }]);
  expect(statSync(host.vault).mode & 0o777).toBe(0o755);
});

test("looks at a mounted directory as well, and goes on with the others where one fails", async () => {
  const { host } = await setUp();
  const mounted = join(host.directory, "mounted");
  mkdirSync(join(mounted, "jira"), { recursive: true });
  host.configure({
    down: { ...sftpHost(closed, host.work), port: 1 },
    mounted: { type: "local", path: mounted, quota: "1GB" },
  });
  const result = await host.archiver(["doctor"]);
  expect(result.exitCode).toBe(1);
  expect(result.stdout).toMatch(/^down\n/m);
  expect(result.stdout).toMatch(/^mounted\n {2}ok {4}quota .*\n {2}ok {4}work directory .*holds jira/m);
  expect(result.stdout).toMatch(/\n1 failed, \d+ warnings?\n$/);
  writeFileSync(join(host.directory, "done"), "");
  expect((await host.archiver(["doctor", "mounted"])).exitCode).toBe(0);
  expect((await host.archiver(["doctor", "mount"])).stderr).toContain("did you mean");
});
