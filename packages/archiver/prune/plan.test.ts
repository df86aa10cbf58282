import { formatArchiveName } from "@catapullt/core/archive/name";
import type { RetentionPolicy } from "@catapullt/core/retention/policy";
import { createRandom, randomInteger } from "@catapullt/testkit/random";
import { describe, expect, test } from "vitest";
import { knownArchives } from "../test/known-archives.ts";
import type { Receipt } from "../vault/receipt.ts";
import type { StoredArchive } from "../vault/vault.ts";
import { type PruneFacts, type PrunePlan, planPrune } from "./plan.ts";

const hour = 3_600_000;
const day = 24 * hour;
const now = new Date("2026-11-23T12:00:00Z");
const at = "2026-11-23T04:00:00.000Z";

function archive(daysAgo: number, { host = "wiki01", application = "wiki" } = {}): StoredArchive {
  const time = new Date(now.getTime() - daysAgo * day - 10 * hour);
  const name = formatArchiveName({ application, time, compression: "zstd" });
  return { host, application, name, bytes: 7, sha1: "a".repeat(40) };
}

function receipt(event: "verified" | "pruned" | "quarantined", of: StoredArchive, change: object = {}): Receipt {
  return { event, at, ...of, reasons: [], path: "x", reason: "x", ...change } as Receipt;
}

type PlanOptions = Partial<PruneFacts> & { receipts?: Receipt[] };

function plan(stored: StoredArchive[], { receipts, ...facts }: PlanOptions = {}): PrunePlan {
  const written = receipts ?? stored.map((one) => receipt("verified", one));
  return planPrune({
    held: knownArchives(stored, written),
    unsealed: [],
    prunedAs(id) {
      const last = written.findLast((one) => one.event !== "renamed" && one.host === id.host && one.name === id.name);
      return last?.event === "pruned" ? last : undefined;
    },
    hosts: { wiki01: { expect: {} } },
    named: [],
    policy: { last: 1 },
    now,
    timeZone: "UTC",
    ...facts,
  });
}

function removed({ decisions }: PrunePlan): string[] {
  return decisions.filter(({ action }) => action === "remove").map(({ name }) => name);
}

test("applies the policy to each host and application by itself, and says why", () => {
  const jira = { application: "jira" };
  const other = { host: "wiki02" };
  const stored = [archive(0), archive(1), archive(0, jira), archive(1, jira), archive(4, other), archive(3, other)];
  const { decisions, warnings } = plan(stored, { hosts: { wiki01: { expect: {} }, wiki02: { expect: {} } } });
  expect(decisions.map(({ host, application, name, action }) => [host, application, name, action])).toEqual([
    ["wiki01", "jira", archive(0, jira).name, "keep"],
    ["wiki01", "jira", archive(1, jira).name, "remove"],
    ["wiki01", "wiki", archive(0).name, "keep"],
    ["wiki01", "wiki", archive(1).name, "remove"],
    ["wiki02", "wiki", archive(3, other).name, "keep"],
    ["wiki02", "wiki", archive(4, other).name, "remove"],
  ]);
  expect(decisions[2]?.reasons).toEqual(["newest good archive", "last"]);
  expect(decisions[3]?.reasons).toEqual(["no rule keeps it"]);
  expect(warnings).toEqual([]);
});

describe("what nobody has found whole", () => {
  test.each<[string, (stored: StoredArchive) => Receipt[]]>([
    ["no receipt", () => []],
    ["a receipt of another hash", (one) => [receipt("verified", one, { sha1: "b".repeat(40) })]],
    ["a receipt of another size", (one) => [receipt("verified", one, { bytes: 8 })]],
    ["a quarantine after its verification", (one) => [receipt("verified", one), receipt("quarantined", one)]],
  ])("stays and does not count: %s", (_, receipts) => {
    const [newest, second, third] = [archive(0), archive(1), archive(2)];
    const { decisions } = plan([newest, second, third], {
      receipts: [...receipts(newest), receipt("verified", second), receipt("verified", third)],
    });
    expect(decisions.map(({ action, reasons }) => [action, reasons[0]])).toEqual([
      ["keep", "not verified yet"],
      ["keep", "newest good archive"],
      ["remove", "no rule keeps it"],
    ]);
  });

  test("is told of where its sidecar cannot be read", () => {
    const { decisions, warnings } = plan([archive(0), { ...archive(1), sha1: undefined }]);
    expect(decisions.map(({ action }) => action)).toEqual(["keep", "keep"]);
    expect(warnings).toEqual([`wiki01: ${archive(1).name} stays, since its sidecar cannot be read`]);
  });
});

describe("while a backup is overdue", () => {
  const hosts = { wiki01: { expect: { wiki: { every: day, grace: 4 * hour } } } };

  test("removes nothing of its application, and says so", () => {
    const jira = { application: "jira" };
    const late = plan([archive(1), archive(2), archive(0, jira), archive(1, jira)], { hosts });
    expect(removed(late)).toEqual([archive(1, jira).name]);
    expect(late.warnings).toEqual([
      "wiki01: nothing of wiki is removed: its backup is overdue, the newest one is 1 d 10 h old",
    ]);
  });

  test("begins only when interval and grace are over", () => {
    const stored = [archive(0), archive(1)];
    const age = 28 * hour;
    const made = now.getTime() - 10 * hour;
    expect(removed(plan(stored, { hosts, now: new Date(made + age) }))).toEqual([archive(1).name]);
    expect(removed(plan(stored, { hosts, now: new Date(made + age + 1) }))).toEqual([]);
  });

  test.each<[string, StoredArchive[], PlanOptions]>([
    ["is dated in the future", [archive(-5), archive(2), archive(3)], {}],
    [
      "is not verified",
      [archive(0), archive(2), archive(3)],
      { receipts: [archive(2), archive(3)].map((one) => receipt("verified", one)) },
    ],
  ])("does not take an archive for the backup that %s", (_, stored, facts) => {
    expect(removed(plan(stored, { hosts, ...facts }))).toEqual([]);
    expect(removed(plan(stored, facts))).toEqual([archive(3).name]);
  });
});

test("keeps archives that are dated in the future, does not count them and warns", () => {
  const { decisions, warnings } = plan([archive(-5), archive(1), archive(2)]);
  expect(decisions.map(({ action, reasons }) => [action, reasons[0]])).toEqual([
    ["keep", "dated in the future"],
    ["keep", "newest good archive"],
    ["remove", "no rule keeps it"],
  ]);
  expect(warnings).toEqual([expect.stringContaining(`wiki01: ${archive(-5).name} is dated in the future`)]);
});

test.each(["old01", "constructor", "__proto__"])(
  "leaves the host %s alone, which is not configured, until it is named",
  (host) => {
    const stored = [archive(0, { host }), archive(1, { host })];
    const { decisions } = plan(stored);
    expect(decisions.map(({ reasons }) => reasons)).toEqual(
      Array(2).fill(["the host is neither configured nor named"]),
    );
    expect(removed(plan(stored, { named: [host] }))).toEqual([archive(1, { host }).name]);
  },
);

test("takes an application's name for nothing else than a name", () => {
  const application = { application: "constructor" };
  expect(removed(plan([archive(0, application), archive(1, application)]))).toEqual([archive(1, application).name]);
});

test.each([{}, { last: 0, daily: 0 }])("removes nothing by the policy %j, and says so", (policy) => {
  const { decisions, warnings } = plan([archive(0), archive(900)], { policy });
  expect(decisions.map(({ action }) => action)).toEqual(["keep", "keep"]);
  expect(warnings).toEqual([expect.stringContaining("`retention` has no rules, so nothing is removed")]);
});

test("counts the periods of the zone that it is given", () => {
  const names = ["20261122T233000Z", "20261122T223000Z", "20261101T000000Z"];
  const stored = names.map((time) => ({ ...archive(0), name: `wiki_${time}.tar.zst` }));
  expect(removed(plan(stored, { policy: { daily: 2 } }))).toEqual([stored[1]?.name]);
  expect(removed(plan(stored, { policy: { daily: 2 }, timeZone: "Europe/Berlin" }))).toEqual([stored[2]?.name]);
});

describe("an archive without a sidecar", () => {
  const [newest, { sha1: _, ...unsealed }] = [archive(0), archive(1)];
  const pruned = receipt("pruned", archive(1));

  test.each<[string, Receipt[], boolean]>([
    ["goes where its removal was the last thing recorded", [receipt("verified", archive(1)), pruned], true],
    ["stays where none is recorded", [receipt("verified", archive(1))], false],
    ["stays where it was stored again since", [pruned, receipt("verified", archive(1))], false],
    ["stays where it has another size", [receipt("pruned", { ...archive(1), bytes: 8 })], false],
    ["stays where another host's was removed", [receipt("pruned", archive(1, { host: "b" }))], false],
  ])("%s", (_title, receipts, goes) => {
    const { decisions } = plan([newest], { unsealed: [unsealed], receipts, policy: {} });
    expect(decisions.map(({ name, reasons, isInterrupted }) => [name, reasons[0], isInterrupted]).slice(1)).toEqual(
      goes ? [[unsealed.name, "its removal was interrupted", true]] : [],
    );
  });
});

describe("for any policies and any sequence of arrivals, damage and prunes", () => {
  const runs = Array.from({ length: 60 }, (_, seed) => simulate(seed));

  test("the newest good archive always stays", () => {
    const prunes = runs.flat().filter(({ newestGood }) => newestGood !== undefined);
    expect(prunes.length).toBeGreaterThan(500);
    for (const { newestGood, left } of prunes) expect(left).toContain(newestGood);
  });

  test("nothing goes that is not verified, is dated in the future or is of an overdue application", () => {
    for (const { protectedNames, left } of runs.flat()) expect(left).toEqual(expect.arrayContaining(protectedNames));
  });

  test("a second prune removes nothing more", () => {
    expect(runs.flat().some(({ removedCount }) => removedCount > 0)).toBe(true);
    for (const { removedBySecond } of runs.flat()) expect(removedBySecond).toEqual([]);
  });
});

/** Forty days of one application; every few days it is pruned by another policy. */
function simulate(seed: number) {
  const random = createRandom(seed);
  const chance = (probability: number) => random() < probability;
  const expectation = chance(0.5) ? { wiki: { every: day, grace: 6 * hour } } : {};
  const prunes = [];
  let stored: StoredArchive[] = [];
  let receipts: Receipt[] = [];
  for (let today = 40; today >= 0; today -= 1) {
    if (chance(0.8)) {
      const arrived = archive(chance(0.05) ? today - 3 : today);
      stored = [...stored.filter(({ name }) => name !== arrived.name), arrived];
      if (chance(0.9)) receipts = [...receipts, receipt("verified", arrived)];
    }
    const victim = stored[randomInteger(random, stored.length)];
    if (victim !== undefined && chance(0.05)) receipts = [...receipts, receipt("quarantined", victim)];
    if (chance(0.5)) continue;
    const moment = new Date(now.getTime() - today * day);
    const facts = { now: moment, hosts: { wiki01: { expect: expectation } }, policy: randomPolicy(random) };
    const good = goodOf(stored, receipts, moment);
    const [newestGood] = good.slice(-1);
    const isOverdue = "wiki" in expectation && moment.getTime() - (newestGood?.time ?? 0) > 30 * hour;
    const doomed = removed(plan(stored, { ...facts, receipts }));
    const goodNames = new Set(good.map(({ name }) => name));
    const protectedNames = stored.map(({ name }) => name).filter((name) => isOverdue || !goodNames.has(name));
    stored = stored.filter(({ name }) => !doomed.includes(name));
    prunes.push({
      newestGood: newestGood?.name,
      protectedNames,
      left: stored.map(({ name }) => name),
      removedCount: doomed.length,
      removedBySecond: removed(plan(stored, { ...facts, receipts })),
    });
  }
  return prunes;
}

/** Oldest first, found without the code that is tested. */
function goodOf(stored: StoredArchive[], receipts: Receipt[], moment: Date): { name: string; time: number }[] {
  return stored
    .filter(
      ({ name }) => receipts.findLast((one) => one.event !== "renamed" && one.name === name)?.event === "verified",
    )
    .map(({ name }) => ({
      name,
      time: Date.parse(name.replace(/^wiki_(....)(..)(..)T(..)(..)(..)Z.*$/, "$1-$2-$3T$4:$5:$6Z")),
    }))
    .filter(({ time }) => time <= moment.getTime())
    .sort((one, other) => one.time - other.time);
}

function randomPolicy(random: () => number): RetentionPolicy {
  const rules = ["last", "hourly", "daily", "weekly", "monthly", "yearly"] as const;
  const policy = Object.fromEntries(rules.filter(() => random() < 0.4).map((rule) => [rule, randomInteger(random, 5)]));
  return random() < 0.2 ? { ...policy, within: randomInteger(random, 20) * day } : policy;
}
