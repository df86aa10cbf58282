import { describe, expect, test } from "vitest";
import { applyRetention, type RetentionArchive, type RetentionPolicy } from "./policy.ts";

const now = new Date("2026-11-23T12:00:00Z");
const context = { now, timeZone: "UTC" };

function archive(time: string, facts: Partial<RetentionArchive> = {}): RetentionArchive {
  const date = new Date(time.includes("T") ? `${time}Z` : `${time}T02:00:00Z`);
  return { name: `wiki_${time}`, time: date, ...facts };
}

/** One archive a day at 02:00, the newest first. */
function nightly(days: number): RetentionArchive[] {
  return Array.from({ length: days }, (_, index) =>
    archive(new Date(Date.UTC(2026, 10, 23) - index * 86_400_000).toISOString().slice(0, 10)),
  );
}

function kept(archives: RetentionArchive[], policy: RetentionPolicy, timeZone = "UTC"): string[] {
  return applyRetention(archives, policy, { now, timeZone }).keep.map(({ archive: { name } }) =>
    name.replace("wiki_", ""),
  );
}

describe("each rule alone", () => {
  test("last keeps the newest n", () => {
    expect(kept(nightly(5), { last: 3 })).toEqual(["2026-11-23", "2026-11-22", "2026-11-21"]);
  });

  test("hourly keeps the newest of each of the last n hours that have one", () => {
    const archives = [
      "2026-11-23T10:50",
      "2026-11-23T10:10",
      "2026-11-23T08:30",
      "2026-11-23T08:00",
      "2026-11-22T08:00",
    ];
    expect(
      kept(
        archives.map((time) => archive(time)),
        { hourly: 2 },
      ),
    ).toEqual(["2026-11-23T10:50", "2026-11-23T08:30"]);
  });

  test("daily keeps the newest of each of the last n days that have one, gaps not counted", () => {
    const archives = [
      "2026-11-23T09:00",
      "2026-11-23T02:00",
      "2026-11-20T09:00",
      "2026-11-20T02:00",
      "2026-11-01T02:00",
    ];
    expect(
      kept(
        archives.map((time) => archive(time)),
        { daily: 2 },
      ),
    ).toEqual(["2026-11-23T09:00", "2026-11-20T09:00"]);
  });

  test("weekly keeps the newest of each of the last n ISO weeks", () => {
    expect(kept(nightly(30), { weekly: 3 })).toEqual(["2026-11-23", "2026-11-22", "2026-11-15"]);
  });

  test("weekly takes the days around new year for one week", () => {
    const days = ["2026-01-02", "2025-12-31", "2025-12-29", "2025-12-28"].map((day) => archive(day));
    expect(kept(days, { weekly: 2 })).toEqual(["2026-01-02", "2025-12-28"]);
  });

  test("monthly and yearly keep the newest of each", () => {
    const days = [
      "2026-11-23",
      "2026-11-01",
      "2026-10-31",
      "2026-10-01",
      "2025-12-31",
      "2025-01-01",
      "2024-06-01",
      "2023-06-01",
    ];
    const archives = days.map((day) => archive(day));
    expect(kept(archives, { monthly: 2 })).toEqual(["2026-11-23", "2026-10-31"]);
    expect(kept(archives, { yearly: 3 })).toEqual(["2026-11-23", "2025-12-31", "2024-06-01"]);
  });

  test("within counts back from the newest archive, not from now", () => {
    const days = ["2026-06-10", "2026-06-09", "2026-06-08", "2026-06-07"].map((day) => archive(day));
    expect(kept(days, { within: 2 * 86_400_000 })).toEqual(["2026-06-10", "2026-06-09"]);
    expect(kept(days, { within: 2 * 86_400_000 + 1 })).toEqual(["2026-06-10", "2026-06-09", "2026-06-08"]);
  });
});

describe("the oldest archive", () => {
  test("is kept by a rule that has counts left", () => {
    const archives = ["2026-11-23T09:00", "2026-11-23T02:00"].map((time) => archive(time));
    expect(kept(archives, { daily: 2 })).toEqual(["2026-11-23T09:00", "2026-11-23T02:00"]);
    expect(kept(archives, { daily: 1 })).toEqual(["2026-11-23T09:00"]);
  });

  test("is told so", () => {
    const archives = ["2026-11-23T09:00", "2026-11-23T05:00", "2026-11-23T02:00"].map((time) => archive(time));
    const { keep, remove } = applyRetention(archives, { yearly: 2 }, context);
    expect(keep.map(({ reasons }) => reasons)).toEqual([["newest good archive", "yearly 2026"], ["oldest, by yearly"]]);
    expect(remove).toEqual([{ archive: archives[1], reasons: ["no rule keeps it"] }]);
  });
});

test("the usual policy keeps what an administrator expects, each with all its reasons", () => {
  const { keep, remove } = applyRetention(
    nightly(500),
    { last: 3, daily: 7, weekly: 4, monthly: 12, yearly: 2 },
    context,
  );
  expect(keep.map(({ archive: { name }, reasons }) => `${name.replace("wiki_", "")}: ${reasons.join(", ")}`)).toEqual([
    "2026-11-23: newest good archive, last, daily 2026-11-23, weekly 2026-W48, monthly 2026-11, yearly 2026",
    "2026-11-22: last, daily 2026-11-22, weekly 2026-W47",
    "2026-11-21: last, daily 2026-11-21",
    "2026-11-20: daily 2026-11-20",
    "2026-11-19: daily 2026-11-19",
    "2026-11-18: daily 2026-11-18",
    "2026-11-17: daily 2026-11-17",
    "2026-11-15: weekly 2026-W46",
    "2026-11-08: weekly 2026-W45",
    "2026-10-31: monthly 2026-10",
    "2026-09-30: monthly 2026-09",
    "2026-08-31: monthly 2026-08",
    "2026-07-31: monthly 2026-07",
    "2026-06-30: monthly 2026-06",
    "2026-05-31: monthly 2026-05",
    "2026-04-30: monthly 2026-04",
    "2026-03-31: monthly 2026-03",
    "2026-02-28: monthly 2026-02",
    "2026-01-31: monthly 2026-01",
    "2025-12-31: monthly 2025-12, yearly 2025",
  ]);
  expect(remove).toHaveLength(480);
});

test("takes the periods of the zone that it is given", () => {
  const archives = ["2026-11-22T23:30", "2026-11-22T22:30"].map((time) => archive(time));
  expect(kept([...archives, archive("2026-11-01")], { daily: 2 }, "UTC")).toEqual(["2026-11-22T23:30", "2026-11-01"]);
  expect(kept([...archives, archive("2026-11-01")], { daily: 2 }, "Europe/Berlin")).toEqual([
    "2026-11-22T23:30",
    "2026-11-22T22:30",
  ]);
});

describe("never removes", () => {
  test.each([{}, { last: 0, daily: 0, within: 0 }, { last: undefined }])("anything by the policy %j", (policy) => {
    const { keep, remove } = applyRetention(nightly(9), policy, context);
    expect(keep).toHaveLength(9);
    expect(remove).toEqual([]);
    expect(keep[8]?.reasons).toEqual(["the policy has no rules"]);
  });

  test("an archive that is not verified yet, nor does it take another's place", () => {
    const [newest, second, third] = nightly(3);
    const archives = [
      { ...newest, verified: false },
      { ...second, verified: true },
      { ...third, verified: true },
    ] as RetentionArchive[];
    const { keep, remove } = applyRetention(archives, { last: 1 }, context);
    expect(keep).toEqual([
      { archive: archives[0], reasons: ["not verified yet"] },
      { archive: archives[1], reasons: ["newest good archive", "last"] },
    ]);
    expect(remove.map(({ archive: removed }) => removed)).toEqual([archives[2]]);
  });

  test("the newest good archive, although no rule keeps it", () => {
    const archives = ["2020-01-01T09:00", "2020-01-01T02:00"].map((time) => archive(time));
    expect(kept(archives, { within: 1 })).toEqual(["2020-01-01T09:00"]);
  });

  test("anything while a backup is overdue", () => {
    const { keep, remove } = applyRetention(nightly(9), { last: 1 }, { ...context, overdue: true });
    expect(remove).toEqual([]);
    expect(keep[8]?.reasons).toEqual(["nothing is removed while a backup is overdue"]);
  });
});

test("ignores and reports archives dated in the future, which take nobody's place", () => {
  const future = archive("2027-01-01");
  const { keep, remove, ignored } = applyRetention([future, ...nightly(2)], { last: 1 }, context);
  expect(ignored).toEqual([{ archive: future, reasons: ["dated in the future"] }]);
  expect(keep.map(({ archive: { name } }) => name)).toEqual(["wiki_2026-11-23"]);
  expect(remove).toHaveLength(1);
  expect(applyRetention([future], { last: 1 }, context)).toMatchObject({ keep: [], remove: [], ignored: [{}] });
});

test("does nothing with nothing", () => {
  expect(applyRetention([], { last: 1 }, context)).toEqual({ keep: [], remove: [], ignored: [] });
});

test("leaves its argument alone, whatever its order", () => {
  const archives = nightly(5).reverse();
  const copy = [...archives];
  expect(kept(archives, { last: 2 })).toEqual(["2026-11-23", "2026-11-22"]);
  expect(archives).toEqual(copy);
});

describe("for any archives and any policy", () => {
  const cases = Array.from({ length: 300 }, (_, seed) => randomCase(seed));

  test("keeps, removes or ignores each archive exactly once, with reasons", () => {
    for (const { archives, policy } of cases) {
      const { keep, remove, ignored } = applyRetention(archives, policy, context);
      const all = [...keep, ...remove, ...ignored];
      expect(new Set(all.map((decision) => decision.archive))).toEqual(new Set(archives));
      expect(all).toHaveLength(archives.length);
      expect(all.every(({ reasons }) => reasons.length > 0)).toBe(true);
    }
  });

  test("keeps the newest good archive", () => {
    for (const { archives, policy } of cases) {
      const good = archives.filter(({ time, verified }) => time <= now && verified !== false);
      const newest = good.sort((a, b) => b.time.getTime() - a.time.getTime())[0];
      const { keep } = applyRetention(archives, policy, context);
      if (newest !== undefined)
        expect(keep.some(({ archive: { time } }) => time.getTime() === newest.time.getTime())).toBe(true);
    }
  });

  test("removes nothing more when it is applied again", () => {
    for (const { archives, policy } of cases) {
      const first = applyRetention(archives, policy, context);
      const rest = [...first.keep, ...first.ignored].map((decision) => decision.archive);
      expect(applyRetention(rest, policy, context).remove).toEqual([]);
    }
  });

  test("keeps more, never less, by a more generous policy", () => {
    for (const { archives, policy } of cases.filter((one) => Object.values(one.policy).some((value) => value > 0))) {
      const generous = { ...policy, last: (policy.last ?? 0) + 2, daily: (policy.daily ?? 0) + 1 };
      const names = (plan: RetentionPolicy) =>
        applyRetention(archives, plan, context).keep.map(({ archive: { name } }) => name);
      expect(names(generous)).toEqual(expect.arrayContaining(names(policy)));
    }
  });
});

function randomCase(seed: number): { archives: RetentionArchive[]; policy: RetentionPolicy } {
  let state = seed + 1;
  const random = (limit: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
  const archives = Array.from({ length: random(60) }, (_, index): RetentionArchive => {
    const time = new Date(now.getTime() + 5 * 86_400_000 - random(900) * 3_600_000 * (1 + random(20)));
    const verified = [true, true, true, false, undefined][random(5)];
    return { name: `a${index}`, time, verified };
  });
  const rules = ["last", "hourly", "daily", "weekly", "monthly", "yearly"] as const;
  const policy: RetentionPolicy = Object.fromEntries(
    rules.filter(() => random(3) === 0).map((rule) => [rule, random(6)]),
  );
  return { archives, policy: random(4) === 0 ? { ...policy, within: random(60) * 86_400_000 } : policy };
}
