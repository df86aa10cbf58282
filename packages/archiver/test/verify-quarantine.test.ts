import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "@catapullt/core/process/run";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { systemProgram } from "@catapullt/testkit/system-packages";
import { expect, test } from "vitest";
import { createBackupHost, filesBelow, filesOf } from "./backup-host.ts";
import { createVerifiableVault, flipByte, quarantine } from "./verifiable-vault.ts";
import { putWholeArchive } from "./whole-archive.ts";

test("puts a damaged archive in quarantine with a report, goes on, and no longer lists it", async () => {
  const { host, directory, older, newer, jira } = await createVerifiableVault();
  flipByte(newer);

  const verify = await host.archiver(["verify", "--json"]);

  expect(verify.exitCode).toBe(1);
  const place = quarantine(host);
  const results = JSON.parse(verify.stdout);
  expect(results).toHaveLength(3);
  const damaged = results.filter(({ result }: { result: string }) => result === "quarantined");
  expect(damaged).toMatchObject([
    { application: "wiki", name: newer.name, quarantine: `.archiver/quarantine/wiki01/wiki/${newer.name}` },
  ]);
  expect(verify.stderr).toContain(`moved to ${join(place, newer.name)}`);
  expect(verify.stderr).toContain(`the vault holds 1 other of wiki, the newest is ${older.name}`);
  expect(readdirSync(place).sort()).toEqual([newer.name, `${newer.name}.report.json`, `${newer.name}.sha1`]);
  const report = JSON.parse(readFileSync(join(place, `${newer.name}.report.json`), "utf8"));
  expect(report).toMatchObject({
    host: "wiki01",
    application: "wiki",
    name: newer.name,
    reason: expect.stringContaining("damaged"),
    expected: { sha1: newer.sha1 },
    found: { bytes: newer.content.length },
  });
  expect(report.found.sha1).not.toBe(newer.sha1);
  expect(filesBelow(directory)).toEqual(filesOf(jira, older));
  expect(host.receipts().find(({ event }) => event === "quarantined")).toMatchObject({ name: newer.name });
  expect(host.report()).toMatchObject({
    outcome: "failure",
    failures: [{ subject: "wiki01", code: "archive-invalid" }],
  });
  expect(JSON.parse((await host.archiver(["list", "--json"])).stdout)).toHaveLength(2);
  expect(await host.archiver(["verify"])).toMatchObject({ exitCode: 0 });
});

test("leaves the way free for the next pull to fetch a good copy, also where a crash left the sidecar behind", async () => {
  const host = createBackupHost();
  host.configure({ wiki01: { type: "local", path: host.work } });
  const archive = await putWholeArchive(host.work);
  await host.archiver(["pull", "--keep-remote"]);
  const path = join(host.vault, "wiki01", "wiki", archive.name);
  flipByte({ ...archive, path });
  expect((await host.archiver(["verify"])).exitCode).toBe(1);
  cpSync(join(quarantine(host), `${archive.name}.sha1`), `${path}.sha1`);
  expect(await host.archiver(["verify"])).toMatchObject({ stdout: "nothing to verify among 0 archives\n" });

  expect((await host.archiver(["pull", "--keep-remote"])).stdout).toContain(archive.name);

  expect((await host.archiver(["verify"])).stdout).toContain("1 of 1 archives whole");
});

test("never replaces what is in quarantine: a second damaged archive of one name lies beside the first", async () => {
  const { host, newer } = await createVerifiableVault();
  const kept = join(host.directory, "kept");
  cpSync(join(host.vault, "wiki01"), kept, { recursive: true });
  flipByte(newer);
  await host.archiver(["verify"]);
  cpSync(kept, join(host.vault, "wiki01"), { recursive: true });
  writeFileSync(newer.path, "");
  expect((await host.archiver(["verify"])).exitCode).toBe(1);

  const entries = readdirSync(quarantine(host));
  expect(entries).toHaveLength(4);
  const second = entries.find((name) => /^20\d{6}T/.test(name)) ?? "";
  expect(statSync(join(quarantine(host), newer.name)).size).toBe(newer.content.length);
  expect(statSync(join(quarantine(host), second, newer.name)).size).toBe(0);
});

test("moves a damaged archive no further than its own file system", async () => {
  const { host, newer } = await createVerifiableVault();
  const saved = join(host.directory, "saved");
  flipByte(newer);
  cpSync(join(host.vault, "wiki01"), saved, { recursive: true });
  rmSync(join(host.vault, "wiki01", "wiki"), { recursive: true });
  const place = join(host.vault, "wiki01", "wiki");
  const script = `mkdir "${place}" && mount -t tmpfs tmpfs "${place}" && cp -a "${saved}/wiki/." "${place}"
"$@"; code=$?; (cd "${place}" && find . -type f | sort); exit $code`;
  const command = [process.execPath, programFile("archiver"), "--config", host.configFile, "--json", "verify"];
  const { exitCode, output } = await run(
    systemProgram("unshare"),
    ["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", ...command],
    { environment: programEnvironment() },
  );
  expect(exitCode).toBe(1);
  expect(output.toString()).toContain(`./.quarantine/${newer.name}.report.json`);
  expect(output.toString()).toContain(`./.quarantine/${newer.name}.sha1`);
  expect(output.toString()).not.toContain(`\n./${newer.name}`);
});
