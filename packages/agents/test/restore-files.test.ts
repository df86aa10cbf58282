import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describeTree } from "@catapullt/testkit/describe-tree";
import { buildGitea } from "@catapullt/testkit/gitea";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRestoreHost, namesIn } from "./restore-host.ts";
import { createIntranet, intranetConfiguration, titles, withoutDatabase } from "./restore-intranet.ts";

describe("restore of files and SQLite", () => {
  test("brings back a lost tree byte by byte, a single file, and the database inside the tree", async () => {
    const { host, uploads, database, archive } = await createIntranet();
    const before = withoutDatabase(describeTree(uploads));
    rmSync(join(host.directory, "srv"), { recursive: true });
    rmSync(join(host.directory, "etc"), { recursive: true });

    const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes");

    expect(stderr).not.toMatch(/ERROR/);
    expect(exitCode).toBe(0);
    expect(withoutDatabase(describeTree(uploads))).toEqual(before);
    expect(titles(database)).toEqual(["😀", null]);
    expect(readFileSync(join(host.directory, "etc", "intranet.conf"), "utf8")).toBe("port = 80\n");
    expect(namesIn(dirname(uploads))).toEqual(["uploads"]);
    expect(namesIn(join(host.directory, "etc"))).toEqual(["intranet.conf"]);
  });

  test("with --replace keeps everything that gives way, and tells where", async () => {
    const { host, uploads, database, archive } = await createIntranet();
    const settings = join(host.directory, "etc", "intranet.conf");
    const connection = new DatabaseSync(database);
    connection.exec("DELETE FROM page");
    connection.close();
    writeFileSync(settings, "port = 81\n");
    writeFileSync(join(uploads, "new"), "not in the archive");

    const refused = await host.run("restore", "intranet", archive, "--yes");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("code=restore-refused");
    const { exitCode, stdout, stderr } = await host.run("restore", "intranet", archive, "--yes", "--replace", "--json");

    expect(stderr).not.toMatch(/ERROR/);
    expect(exitCode).toBe(0);
    expect(titles(database)).toEqual(["😀", null]);
    expect(existsSync(join(uploads, "new"))).toBe(false);
    const kept: string[] = JSON.parse(stdout).result.kept.map(({ path }: { path: string }) => path);
    const oldUploads = kept.find((path) => path.startsWith(`${uploads}.before-restore-`)) ?? "";
    expect(readFileSync(join(oldUploads, "new"), "utf8")).toBe("not in the archive");
    expect(titles(join(oldUploads, "data", "intranet.db"))).toEqual([]);
    const oldSettings = kept.find((path) => path.startsWith(`${settings}.before-restore-`)) ?? "";
    expect(readFileSync(oldSettings, "utf8")).toBe("port = 81\n");
  });

  test("restores the database alone beside files that stay", async () => {
    const { host, uploads, database, archive } = await createIntranet();
    writeFileSync(join(uploads, "new"), "stays");
    rmSync(database);
    const { exitCode } = await host.run("restore", "intranet", archive, "--yes", "--only", "database");
    expect(exitCode).toBe(0);
    expect(titles(database)).toEqual(["😀", null]);
    expect(readFileSync(join(uploads, "new"), "utf8")).toBe("stays");
  });

  test("finds a Gitea that is gone by the app.ini in the archive", async () => {
    const host = createRestoreHost();
    const workPath = join(host.directory, "gitea");
    const configFile = join(host.directory, "etc", "gitea", "app.ini");
    const program = join(host.directory, "bin", "gitea");
    const built = buildGitea({ workPath, configFile, program });
    host.configure(`  gitea: { configFile: ${configFile}, install: ${program} }`);
    const archive = await host.backUp("gitea");
    const before = describeTree(join(workPath, "data", "attachments"));
    rmSync(workPath, { recursive: true });
    rmSync(dirname(configFile), { recursive: true });

    const { exitCode, stderr } = await host.run("restore", "gitea", archive, "--yes");

    expect(stderr).not.toMatch(/ERROR/);
    expect(exitCode).toBe(0);
    expect(describeTree(join(workPath, "data", "attachments"))).toEqual(before);
    expect(readFileSync(configFile, "utf8")).toContain("DB_TYPE = sqlite3");
    const connection = new DatabaseSync(built.databaseFile, { readOnly: true });
    onTestFinished(() => connection.close());
    expect(connection.prepare("SELECT count(*) AS count FROM issue").get()?.count).toBe(40);
  });

  test("restores single paths among the files that are there", async () => {
    const { host, uploads, archive } = await createIntranet();
    const before = describeTree(join(uploads, "sizes"));
    rmSync(join(uploads, "sizes", "512"));
    rmSync(join(uploads, "deep"), { recursive: true });
    writeFileSync(join(uploads, "sizes", "513"), "changed");
    const paths = ["--path", "files/uploads/sizes", "--path", "files/uploads/deep"];

    const refused = await host.run("restore", "intranet", archive, "--yes", ...paths);
    expect(refused.stderr).toContain(`${uploads}/sizes/513`);
    expect(refused.exitCode).toBe(1);
    expect(existsSync(join(uploads, "deep"))).toBe(false);

    const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes", "--replace", ...paths);
    expect(stderr).not.toMatch(/ERROR/);
    expect(exitCode).toBe(0);
    expect(existsSync(join(uploads, "deep"))).toBe(true);
    expect(describeTree(join(uploads, "sizes"))).toMatchObject({ 512: before["512"], 513: before["513"] });
    expect(namesIn(join(uploads, "sizes")).filter((name) => name.startsWith("513.before-restore-"))).toHaveLength(1);
    expect(namesIn(uploads).filter((name) => name.startsWith(".backup-agent"))).toEqual([]);
  });

  test("takes files and dumps out into a directory without the application", async () => {
    const { host, uploads, archive } = await createIntranet();
    const before = withoutDatabase(describeTree(uploads));
    host.configure("  {}");
    const directory = join(host.directory, "out");

    const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes", "--to", directory);

    expect(stderr).not.toMatch(/ERROR/);
    expect(exitCode).toBe(0);
    expect(withoutDatabase(describeTree(join(directory, "files", "uploads")))).toEqual(before);
    expect(titles(join(directory, "database", "intranet.sqlite"))).toEqual(["😀", null]);
    const again = await host.run("restore", "intranet", archive, "--yes", "--to", directory);
    expect(again.stderr).toMatch(/out is not empty: 2 entries/);
    expect(again.exitCode).toBe(1);
  });
});

describe("restore refuses", () => {
  test("an archive that is damaged, before anything is looked at", async () => {
    const { host, archive, uploads } = await createIntranet();
    const bytes = readFileSync(archive);
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    writeFileSync(archive, bytes);
    rmSync(uploads, { recursive: true });
    const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes");
    expect(stderr).toContain("code=archive-invalid");
    expect(exitCode).toBe(1);
    expect(existsSync(uploads)).toBe(false);
  });

  test("another version than the archive's, unless that is allowed", async () => {
    const { host, archive, uploads } = await createIntranet();
    host.configure(intranetConfiguration(host, "2.0"));
    rmSync(uploads, { recursive: true });
    const refused = await host.run("restore", "intranet", archive, "--yes");
    expect(refused.stderr).toMatch(/installed version of intranet is 2\.0, the archive's is 1\.0/);
    expect(refused.exitCode).toBe(1);
    expect(existsSync(uploads)).toBe(false);
    const allowed = await host.run("restore", "intranet", archive, "--yes", "--allow-version-mismatch");
    expect(allowed.exitCode).toBe(0);
    expect(existsSync(uploads)).toBe(true);
  });

  test("to go on without being asked, where nobody can be asked", async () => {
    const { host, archive, uploads } = await createIntranet();
    rmSync(uploads, { recursive: true });
    const { exitCode, stderr } = await host.run("restore", "intranet", archive);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--dry-run.*--yes/s);
    expect(existsSync(uploads)).toBe(false);
  });

  test("an application of which a process has files open, and says how to stop it", async () => {
    const { host, archive, uploads } = await createIntranet();
    const child = spawn("tail", ["-f", join(uploads, "sizes", "512")], { stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes", "--replace");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`process ${child.pid} (tail) has ${uploads}/sizes/512 open`);
    expect(stderr).toMatch(new RegExp(`kill ${child.pid}|systemctl stop`));
  });

  test("an archive of another application", async () => {
    const { host, archive } = await createIntranet();
    host.configure(intranetConfiguration(host, "1.0").replace("intranet:", "extranet:"));
    const { exitCode, stderr } = await host.run("restore", "extranet", archive, "--yes", "--replace");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/archive of intranet \(generic\), not of extranet/);
  });

  test("a path that no member has", async () => {
    const { host, archive } = await createIntranet();
    const { exitCode, stderr } = await host.run(
      "restore",
      "intranet",
      archive,
      "--yes",
      "--path",
      "files/uploads/nope",
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain("no member files/uploads/nope");
    const usage = await host.run("restore", "intranet", archive, "--path", "VERSION");
    expect(usage.exitCode).toBe(2);
  });

  test("a dump whose database the application has not", async () => {
    const { host, archive, uploads } = await createIntranet();
    rmSync(uploads, { recursive: true });
    const other = "databases: [{ engine: mariadb, name: intranet, host: 127.0.0.1, user: a, password: b }]";
    host.configure(intranetConfiguration(host, "1.0").replace(/databases: .*/, other));
    const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/the archive has the sqlite database intranet; the application's databases are: mariadb/);
    expect(existsSync(uploads)).toBe(false);
  });
});

test("SIGTERM while files are read out leaves everything as it was", async () => {
  const { host, archive, uploads } = await createIntranet();
  const before = describeTree(uploads);
  const tools = join(host.directory, "tools");
  const reached = join(host.directory, "reached");
  mkdirSync(tools);
  writeFileSync(
    join(tools, "tar"),
    `#!/bin/sh\n[ "$1" = --version ] && exec /bin/tar --version\ntouch ${reached}\nexec sleep 600\n`,
    { mode: 0o755 },
  );
  const path = `${tools}:${dirname(process.execPath)}:/usr/bin:/bin`;
  const running = host.start(["restore", "intranet", archive, "--yes", "--replace"], { PATH: path });
  await expect.poll(() => existsSync(reached), { timeout: 30_000 }).toBe(true);
  const second = await host.run("restore", "intranet", archive, "--yes", "--replace");
  expect(second.exitCode).toBe(4);
  const backup = await host.run("backup", "intranet");
  expect(backup.exitCode).toBe(4);
  running.kill("SIGTERM");
  const { exitCode, stderr } = await running.ended;
  expect(stderr).toContain("ended by SIGTERM");
  expect(exitCode).toBe(143);
  expect(describeTree(uploads)).toEqual(before);
  expect(namesIn(dirname(uploads))).toEqual(["uploads"]);
});

test("a place that is a symbolic link is followed to where it leads", async () => {
  const { host, archive, uploads } = await createIntranet();
  rmSync(uploads, { recursive: true });
  const real = join(host.directory, "disk");
  mkdirSync(real);
  symlinkSync(real, uploads);
  const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes");
  expect(stderr).not.toMatch(/ERROR/);
  expect(exitCode).toBe(0);
  expect(existsSync(join(real, "links", "first"))).toBe(true);
});

test("a hard link whose content is elsewhere is refused by name", async () => {
  const { host, uploads } = await createIntranet();
  mkdirSync(join(uploads, "zz"));
  linkSync(join(uploads, "sizes", "512"), join(uploads, "zz", "other"));
  const archive = await host.backUp("intranet");
  rmSync(join(uploads, "zz"), { recursive: true });
  const { exitCode, stderr } = await host.run("restore", "intranet", archive, "--yes", "--path", "files/uploads/zz");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("--path files/uploads/sizes/512");
  expect(existsSync(join(uploads, "zz"))).toBe(false);
});
