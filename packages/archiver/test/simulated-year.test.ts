import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatArchiveName } from "@catapullt/core/archive/name";
import { createRandom } from "@catapullt/testkit/random";
import { startSshServer } from "@catapullt/testkit/sshd";
import { expect, onTestFinished, test } from "vitest";
import { createBackupHost, sftpHost } from "./backup-host.ts";
import { keptByContract, type OracleArchive } from "./retention-oracle.ts";
import type { SampleArchive } from "./sample-archive.ts";
import { startSimulatedArchiver } from "./simulated-archiver.ts";
import { putWholeArchive } from "./whole-archive.ts";

const timeZone = "Europe/Berlin";
const hour = 3_600_000;
const day = 24 * hour;
const begin = Date.UTC(2027, 11, 1); // so that the year has a 29th of February, and its turn is not at its end
const policy = { last: 3, daily: 7, weekly: 4, monthly: 12, yearly: 2 };
const expectation = { every: "24h", grace: "4h" };
const overdueAfter = 28 * hour;

type HostName = "wiki01" | "shop01";

interface Application {
  host: HostName;
  name: string;
  /** Hours after midnight UTC at which a backup begins. */
  hours: number[];
}

const applications: Application[] = [
  { host: "wiki01", name: "confluence", hours: [1] },
  { host: "wiki01", name: "jira", hours: [1.5] },
  { host: "wiki01", name: "gitea", hours: [0.25, 10.5] }, // around midnight in Berlin, and at noon
  { host: "shop01", name: "shop", hours: [2] },
  { host: "shop01", name: "mail", hours: [3] },
];

interface HeldArchive extends OracleArchive {
  /** Milliseconds since 1970. */
  arrivedAt: number;
}

/** What goes wrong, by the number of the day. */
const troubles = {
  isAway: (host: HostName, today: number) => host === "wiki01" && today >= 30 && today <= 33,
  isSilent: (name: string, today: number) => name === "shop" && today >= 150 && today < 180,
  clockAhead: (name: string, today: number) =>
    name === "mail" && today >= 200 && today < 204 ? 40 * day + 5 * hour : 0,
  wrongSidecarDay: 90,
  damagedInVaultDay: 123,
};

test("a year of backups with failures ends with exactly the archives that the policy says, each day", async () => {
  const backupHost = createBackupHost();
  const { vault, directory, configFile } = backupHost;
  const works = { wiki01: join(directory, "wiki01"), shop01: join(directory, "shop01") };
  for (const work of Object.values(works)) mkdirSync(work);
  const sshd = await startSshServer();
  onTestFinished(() => sshd.stop());
  const expectOf = (host: HostName) =>
    Object.fromEntries(applications.filter((one) => one.host === host).map(({ name }) => [name, expectation]));
  backupHost.configure(
    {
      wiki01: { ...sftpHost(sshd, works.wiki01), expect: expectOf("wiki01") },
      shop01: { type: "local", path: works.shop01, expect: expectOf("shop01") },
    },
    { retention: policy, retries: 0 },
  );
  const samples = new Map<string, SampleArchive>();
  for (const { name } of applications)
    samples.set(name, await putWholeArchive(join(directory, "samples"), { application: name, bytes: 300 }));

  const random = createRandom(2027);
  const archiver = startSimulatedArchiver(timeZone);
  const at = (now: number, ...args: string[]) => archiver(new Date(now), ["--config", configFile, "-q", ...args]);
  const held = new Map<string, HeldArchive[]>(applications.map(({ name }) => [name, []]));
  let arrived = 0;
  const waiting: (Application & { archive: OracleArchive })[] = [];

  for (let today = 0; today < 365; today += 1) {
    const midnight = begin + today * day;
    for (const application of applications) {
      for (const atHour of application.hours) {
        const begun = midnight + atHour * hour;
        if (troubles.isSilent(application.name, today) || random() < 0.07) continue;
        const time = new Date(begun + troubles.clockAhead(application.name, today));
        waiting.push({ ...application, archive: backUp(application, time) });
      }
    }
    await pullAndPrune(today, midnight + 12 * hour);
    if (today % 7 === 4) await compareCheck(today, midnight + 20 * hour);
    for (const { host, name } of applications)
      expect([today, namesIn(join(vault, host, name))]).toEqual([
        today,
        (held.get(name) ?? []).map((one) => one.name).sort(),
      ]);
  }
  await compareHistory(begin + 365 * day);
  expect((held.get("confluence") ?? []).map(({ name }) => name.slice(11, 19)).sort()).toMatchInlineSnapshot(`
    [
      "20271231",
      "20280131",
      "20280228",
      "20280331",
      "20280429",
      "20280531",
      "20280630",
      "20280731",
      "20280831",
      "20280930",
      "20281031",
      "20281112",
      "20281119",
      "20281123",
      "20281124",
      "20281125",
      "20281126",
      "20281127",
      "20281128",
      "20281129",
    ]
  `);
  expect((held.get("shop") ?? []).map(({ name }) => name.slice(5, 13)).sort()).toMatchInlineSnapshot(`
    [
      "20271231",
      "20280131",
      "20280229",
      "20280331",
      "20280428",
      "20280531",
      "20280630",
      "20280731",
      "20280830",
      "20280930",
      "20281031",
      "20281112",
      "20281119",
      "20281123",
      "20281124",
      "20281125",
      "20281126",
      "20281127",
      "20281128",
      "20281129",
    ]
  `);

  /**
   * `check` finds just those late whose newest archive is too old, and tells of dates in the future while there are any. The
   * hosts' clocks are this machine's own, and so far behind the simulated one: where a pull could tell, what counts is when an
   * archive arrived. In the evening that comes to the same as when it was made.
   */
  async function compareCheck(today: number, now: number): Promise<void> {
    const isFuture = ({ time }: HeldArchive) => time.getTime() > now;
    const late = applications.filter(({ name }) => {
      const arrivals = (held.get(name) ?? []).filter((archive) => !isFuture(archive)).map(({ arrivedAt }) => arrivedAt);
      return now - Math.max(0, ...arrivals) > overdueAfter;
    });
    const check = await at(now, "check", "--json");
    const { findings, notes, healthy } = JSON.parse(check.stdout) as {
      findings: { application: string; kind: string }[];
      notes: string[];
      healthy: boolean;
    };
    const stale = findings
      .filter(({ kind }) => ["stale", "missing", "quarantined"].includes(kind))
      .map(({ application }) => application);
    expect([today, stale.sort()]).toEqual([today, late.map(({ name }) => name).sort()]);
    expect([today, check.exitCode]).toEqual([today, healthy ? 0 : 1]);
    const ahead = applications.some(({ name }) => held.get(name)?.some(isFuture));
    expect([today, notes.some((note) => note.includes("dated in the future"))]).toEqual([today, ahead]);
  }

  /** Everything that ever arrived is in the history, also when the catalog was made anew. */
  async function compareHistory(now: number): Promise<void> {
    const answers = async () => [(await at(now, "history", "--json")).stdout, (await at(now, "list", "--json")).stdout];
    const before = await answers();
    expect(JSON.parse(before[0] ?? "")).toHaveLength(arrived);
    rmSync(join(vault, ".archiver", "catalog.sqlite"));
    expect(await answers()).toEqual(before);
    expect(await at(now, "catalog", "rebuild")).toMatchObject({ exitCode: 0 });
    expect(await answers()).toEqual(before);
  }

  function backUp({ host, name }: Application, time: Date): OracleArchive {
    const sample = samples.get(name);
    if (sample === undefined) throw new Error(`there is no sample of ${name}`);
    const archive = formatArchiveName({ application: name, time, compression: "zstd" });
    const place = join(works[host], name);
    mkdirSync(place, { recursive: true });
    copyFileSync(sample.path, join(place, archive));
    writeFileSync(join(place, `${archive}.sha1`), `${sample.sha1}  ${archive}\n`);
    return { name: archive, time };
  }

  async function pullAndPrune(today: number, noon: number): Promise<void> {
    const away = (Object.keys(works) as HostName[]).filter((host) => troubles.isAway(host, today));
    for (const host of away) renameSync(works[host], `${works[host]}.away`);
    const refused = today === troubles.wrongSidecarDay ? spoilSidecar("jira") : undefined;
    const pull = await at(noon, "pull");
    expect([today, pull.exitCode, pull.stderr]).toEqual([
      today,
      away.length > 0 || refused ? 1 : 0,
      expect.any(String),
    ]);
    for (const host of away) renameSync(`${works[host]}.away`, works[host]);
    if (refused !== undefined) for (const suffix of ["", ".sha1"]) rmSync(`${refused}${suffix}`);
    const isLeft = ({ host }: Application) => away.includes(host);
    for (const { name, archive } of waiting.filter((one) => !isLeft(one))) {
      held.get(name)?.push({ ...archive, arrivedAt: noon });
      arrived += 1;
    }
    waiting.splice(0, waiting.length, ...waiting.filter(isLeft));

    if (today === troubles.damagedInVaultDay) await damageAndVerify(noon + hour);
    const now = new Date(noon + 2 * hour);
    const prune = await at(now.getTime(), "prune");
    expect([today, prune.exitCode, prune.stderr]).toEqual([today, 0, expect.any(String)]);
    for (const { name } of applications)
      held.set(name, keptByContract(held.get(name) ?? [], { policy, timeZone, now, overdueAfter }));
  }

  /** The last archive of an application that waits at its host gets a sidecar that is not its own: it never arrives. */
  function spoilSidecar(name: string): string {
    const index = waiting.findLastIndex((one) => one.name === name);
    const [spoiled] = waiting.splice(index, 1);
    if (index === -1 || spoiled === undefined) throw new Error(`nothing of ${name} waits on that day`);
    const path = join(works[spoiled.host], name, spoiled.archive.name);
    writeFileSync(`${path}.sha1`, `${"0".repeat(40)}  ${spoiled.archive.name}\n`);
    return path;
  }

  /** The newest archive rots in the vault; verify finds it, and it counts no longer. */
  async function damageAndVerify(moment: number): Promise<void> {
    const archives = held.get("confluence") ?? [];
    const newest = archives.at(-1);
    if (newest === undefined) throw new Error("there is no archive to be damaged");
    writeFileSync(join(vault, "wiki01", "confluence", newest.name), "rotten");
    const verify = await at(moment, "verify", "wiki01");
    expect([verify.exitCode, verify.stdout]).toEqual([1, expect.stringContaining("quarantined")]);
    held.set("confluence", archives.slice(0, -1));
  }
}, 900_000);

function namesIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => !name.startsWith(".") && !name.endsWith(".sha1"))
    .sort();
}
