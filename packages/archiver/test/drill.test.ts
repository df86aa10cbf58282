import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { acquireLock } from "@catapullt/core/lock";
import { startMariadb } from "@catapullt/testkit/mariadb";
import { tamperArchive } from "@catapullt/testkit/tampered-archive";
import { expect, onTestFinished, test } from "vitest";
import { createDrillHost, type DrillHost, sqliteApplication } from "./drill-host.ts";
import { putArchive } from "./sample-archive.ts";

const drillEvents = ["proven", "disproven"];

function verdicts(host: DrillHost) {
  return host.receipts().filter(({ event }) => drillEvents.includes(event));
}

/** A vault with one good archive of each of these applications. */
async function setUp(...applications: string[]) {
  const host = createDrillHost();
  const names: Record<string, string> = {};
  for (const name of applications) names[name] = await host.backUp(name, sqliteApplication(host.directory, name));
  const pull = await host.archiver(["pull"]);
  if (pull.exitCode !== 0) throw new Error(pull.stderr);
  return { host, names, inVault: (name: string) => join(host.vault, "wiki01", name, names[name] ?? "") };
}

test("proves the newest verified archive of each application, and archiver list says so", {
  timeout: 120_000,
}, async () => {
  const { host, names } = await setUp("intranet", "shop");
  await putArchive(host.work, { application: "shop", time: "20200101T000000Z" });
  await host.archiver(["pull"]);
  const newer = await putArchive(host.work, { application: "shop", time: "20261231T000000Z" });
  renameSync(newer.path, join(host.vault, "wiki01/shop", newer.name));
  renameSync(`${newer.path}.sha1`, join(host.vault, "wiki01/shop", `${newer.name}.sha1`));

  const { exitCode, stdout, stderr } = await host.drill();
  expect([exitCode, stderr]).toEqual([0, expect.not.stringMatching(/WARN|ERROR/)]);
  expect(stdout).toMatch(
    new RegExp(
      `^HOST .*\nwiki01  intranet +${names.intranet} +proven +[\\d.]+ s\nwiki01  shop +${names.shop} +proven +[\\d.]+ s\n$`,
    ),
  );
  expect(verdicts(host)).toEqual(
    ["intranet", "shop"].map((application) =>
      expect.objectContaining({
        event: "proven",
        application,
        name: names[application],
        covers: ["database"],
        seconds: expect.any(Number),
      }),
    ),
  );
  expect(host.report()).toMatchObject({ command: "drill", outcome: "success", failures: [], warnings: [] });
  const list = JSON.parse((await host.archiver(["list", "--json"])).stdout) as {
    name: string;
    proven: string | null;
  }[];
  const proven = list.filter((entry) => entry.proven !== null).map(({ name }) => name);
  expect(proven.sort()).toEqual([names.intranet, names.shop].sort());
  expect(host.held()).toEqual([]);
  expect(readdirSync(host.drills)).toEqual([]);
});

test("proves an archive of MariaDB in a server of its own", { timeout: 180_000 }, async () => {
  const server = await startMariadb({ tcp: true });
  onTestFinished(() => server.stop());
  await server.execute("CREATE DATABASE intranet");
  await server.execute("CREATE TABLE page (id INT PRIMARY KEY); INSERT INTO page VALUES (1), (2)", "intranet");
  const host = createDrillHost();
  const database = { engine: "mariadb", name: "intranet", socket: server.socket, user: "root" };
  await host.backUp("intranet", { type: "generic", version: { value: "1" }, databases: [database] });
  await host.archiver(["pull"]);
  const { exitCode, stdout, stderr } = await host.drill("--json");
  expect([exitCode, stderr]).toEqual([0, expect.not.stringMatching(/WARN|ERROR/)]);
  expect(JSON.parse(stdout)).toEqual([
    expect.objectContaining({ application: "intranet", result: "proven", covers: ["database"], findings: [] }),
  ]);
  expect(readdirSync(host.drills)).toEqual([]);
});

test("records what a drill finds, ends with 1, and still drills the others", { timeout: 120_000 }, async () => {
  const { host, names, inVault } = await setUp("intranet", "shop", "wiki");
  const tampered = tamperArchive(inVault("intranet"), ({ rewriteManifest }) =>
    rewriteManifest(({ databases }) => {
      for (const table of databases[0]?.tables ?? []) table.rows = 7;
    }),
  );
  // Its sums are right, so a pull verifies it.
  rmSync(join(host.vault, "wiki01/intranet"), { recursive: true });
  mkdirSync(join(host.work, "intranet"), { recursive: true });
  for (const suffix of ["", ".sha1"]) {
    writeFileSync(join(host.work, "intranet", `${names.intranet}${suffix}`), readFileSync(`${tampered}${suffix}`));
  }
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
  const content = readFileSync(inVault("shop"));
  content[content.length >> 1] = (content[content.length >> 1] ?? 0) ^ 1;
  writeFileSync(inVault("shop"), content);

  const { exitCode, stdout } = await host.drill();
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/ intranet .* NOT PROVEN +-\n.* shop .* NOT PROVEN +-\n.* wiki .* proven /);
  expect(stdout).toMatch(/\nwiki01\/intranet:\n {2}- database intranet: .*page has 2 rows.*7/);
  expect(stdout).toMatch(/\nwiki01\/shop:\n {2}- archive: .*(damaged|SHA1)/);
  expect(verdicts(host).map(({ event, name }) => [event, name])).toEqual([
    ["disproven", names.intranet],
    ["disproven", names.shop],
    ["proven", names.wiki],
  ]);
  const { outcome, failures } = host.report();
  expect(outcome).toBe("failure");
  expect(failures).toEqual([
    expect.objectContaining({ subject: "wiki01/intranet", code: "drill-failed" }),
    expect.objectContaining({ subject: "wiki01/shop", code: "drill-failed" }),
  ]);
});

const unusable = [
  ["prints garbage", "echo this is not JSON", "cannot be used: it is not in a form that this release knows"],
  ["is not really there", "exit 127", "exit code 127"],
  ["says why it cannot", "echo 'no room for a drill' >&2; exit 1", "exit code 1\n +no room for a drill"],
  ["crashes", "kill -SEGV $$", "ended by SIGSEGV"],
  ["proves nothing", `echo '{"schemaVersion":1,"proven":true}'`, "not in a form"],
  [
    "contradicts itself",
    `echo '{"schemaVersion":1,"archive":"'$(basename "$5")'","proven":false,"findings":[{"subject":"a","message":"b"}]}'`,
    "does not fit exit code 0",
  ],
] as const;

test.each(unusable)(
  "takes no agent's word that %s: the application fails, nothing is disproven",
  async (_, script, message) => {
    const { host } = await setUp("intranet", "shop");
    host.standIn(`case $5 in */intranet_*) ${script};; *) eval "exec $AGENT \\"\\$@\\"";; esac`);
    const { exitCode, stdout } = await host.drill();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/ intranet .* failed +-\n.* shop .* proven /);
    expect(stdout.slice(stdout.indexOf("wiki01/intranet:"))).toMatch(new RegExp(message));
    expect(verdicts(host)).toEqual([expect.objectContaining({ event: "proven", application: "shop" })]);
    expect(host.report().failures).toEqual([
      expect.objectContaining({ subject: "wiki01/intranet", code: "drill-failed" }),
    ]);
    expect(host.held()).toEqual([]);
  },
);

test("tells what the agent said when no drill could be held", async () => {
  const { host } = await setUp("intranet");
  const missing = join(host.directory, "missing");
  const { exitCode, stdout } = await host.archiver(["drill", "--directory", missing], {
    environment: host.environment,
  });
  expect(exitCode).toBe(1);
  expect(stdout).toContain("missing");
  expect(stdout).toContain("--directory DIR");
  expect(stdout).not.toContain('"level"');
  expect(verdicts(host)).toEqual([]);
});

test("says how to get backup-agent where it is missing", async () => {
  const { host } = await setUp("intranet");
  const { exitCode, stderr } = await host.archiver(["drill"]);
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/backup-agent is not on this host.*\n.*install it/)]);
  expect(host.report()).toMatchObject({ failures: [{ code: "tool-missing" }] });
});

test("drills to the end what is removed from the vault meanwhile", async () => {
  const { host, inVault } = await setUp("intranet");
  host.standIn(`rm ${inVault("intranet")} ${inVault("intranet")}.sha1 && eval "exec $AGENT \\"\\$@\\""`);
  expect(await host.drill()).toMatchObject({ exitCode: 0 });
  expect(existsSync(inVault("intranet"))).toBe(false);
  expect(verdicts(host)).toEqual([expect.objectContaining({ event: "proven" })]);
  expect(host.held()).toEqual([]);
});

test("drills in its place what lies on another disk, and blames nothing on an archive that is removed meanwhile", async () => {
  const { host, inVault } = await setUp("intranet");
  const elsewhere = `/dev/shm/${host.directory.replaceAll("/", "-")}`;
  onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
  mkdirSync(elsewhere);
  for (const name of readdirSync(join(host.vault, "wiki01/intranet"))) {
    writeFileSync(join(elsewhere, name), readFileSync(join(host.vault, "wiki01/intranet", name)));
  }
  rmSync(join(host.vault, "wiki01/intranet"), { recursive: true });
  symlinkSync(elsewhere, join(host.vault, "wiki01/intranet"));
  expect(await host.drill()).toMatchObject({ exitCode: 0 });

  const report = `{"schemaVersion":1,"archive":"'$(basename "$5")'","proven":false,"findings":[{"subject":"files","message":"gone"}]}`;
  host.standIn(`rm ${inVault("intranet")}; echo '${report}'; exit 1`);
  const { exitCode, stdout } = await host.drill();
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining("was removed from the vault while it was drilled")]);
  expect(verdicts(host).map(({ event }) => event)).toEqual(["proven"]);
});

test("removes what a run that was killed still held", async () => {
  const { host, names, inVault } = await setUp("intranet");
  const left = join(host.vault, ".archiver/drill/held-123456");
  mkdirSync(left, { recursive: true });
  linkSync(inVault("intranet"), join(left, names.intranet ?? ""));
  expect(await host.drill()).toMatchObject({ exitCode: 0 });
  expect(host.held()).toEqual([]);
  expect(existsSync(inVault("intranet"))).toBe(true);
});

test("passes over what was proven within --older-than", {
  timeout: 120_000,
}, async () => {
  const { host } = await setUp("intranet");
  await host.drill();
  const { exitCode, stdout } = await host.drill("--older-than", "30d");
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/ intranet .* skipped .*\n\n.*\n {2}- proven at 20/)]);
  expect(verdicts(host)).toHaveLength(1);
  expect(await host.drill("--older-than", "0s")).toMatchObject({ exitCode: 0 });
  expect(verdicts(host)).toHaveLength(2);
  expect(host.report()).toMatchObject({ outcome: "success" });
});

test("warns of an application of which nothing is verified", async () => {
  const host = createDrillHost();
  await putArchive(join(host.vault, "wiki01"), { application: "wiki" });
  const { exitCode, stdout, stderr } = await host.drill();
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining("none of its archives is verified")]);
  expect(stderr).toMatch(/WARN .*wiki01\/wiki: not drilled/);
  expect(host.report()).toMatchObject({ outcome: "warning" });
});

test("ends with 4 while another run drills, and lets pulls go on", async () => {
  const { host } = await setUp("intranet");
  const lock = await acquireLock(join(host.vault, ".archiver"), "drill");
  onTestFinished(() => lock.release());
  expect(await host.drill()).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining("another run holds the lock"),
  });
  expect(await host.archiver(["pull"])).toMatchObject({ exitCode: 0 });
});

test.each([
  [["--older-than", "soon"], "Expected a duration such as"],
  [["wiki02"], 'no host is called "wiki02"'],
])("refuses %j", async (args, message) => {
  const { host } = await setUp();
  mkdirSync(join(host.vault, "wiki01"));
  expect(await host.drill(...args)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) });
});
