import { describe, expect, test } from "vitest";
import {
  applicationSighting,
  clock,
  hostSighting,
  lastRun,
  lateApplication,
  now,
  recordedArchive,
} from "../test/health-facts.ts";
import type { ApplicationFacts } from "./facts.ts";
import { enterApplication } from "./ledger.ts";

type Changes = Parameters<typeof lateApplication>[0];

const enter = (changes: Changes = {}) => enterApplication(lateApplication(changes), clock);
const seen = (changes: Parameters<typeof applicationSighting>[0]) => ({
  sighting: hostSighting({ applications: applicationSighting(changes) }),
});
const fresh = (changes = {}): Pick<ApplicationFacts, "archives"> => ({
  archives: [recordedArchive("2026-11-23T02:00:00Z"), recordedArchive("2026-11-24T02:00:00Z", changes)],
});
const tonight = { startedAt: "2026-11-24T02:00:00.000Z", endedAt: "2026-11-24T02:10:00.000Z" };
const unreached = { code: "host-key-changed", message: "the key of wiki01 is another one" };

describe("names the first missing stage and the likely cause where", () => {
  test.each<[string, Changes, { kind: string; missing: string; message: string }]>([
    [
      "no pull has ever come",
      { sighting: undefined },
      {
        kind: "stale",
        missing: "pulled",
        message: "no pull has visited wiki01 yet: look at archiver pull's cron line here",
      },
    ],
    [
      "pulls have stopped",
      { sighting: hostSighting({ visitedAt: "2026-11-22T04:00:00.000Z", reachedAt: "2026-11-22T04:00:00.000Z" }) },
      { kind: "stale", missing: "pulled", message: "no pull has visited wiki01 since 2026-11-22 04:00 UTC: look at" },
    ],
    [
      "the host is not reached",
      { sighting: hostSighting({ reachedAt: "2026-11-22T04:00:00.000Z", failure: unreached }) },
      {
        kind: "stale",
        missing: "pulled",
        message: "wiki01 was not reached since 2026-11-22 04:00 UTC: host-key-changed: the key of wiki01",
      },
    ],
    [
      "the host was never reached",
      { archives: [], sighting: hostSighting({ reachedAt: null, failure: unreached }) },
      { kind: "missing", missing: "pulled", message: "wiki01 has never been reached: host-key-changed" },
    ],
    [
      "the archive is refused",
      seen({ waiting: [{ name: "wiki_20261124T020000Z.tar.zst", reason: "transfer-mismatch: it is not the one" }] }),
      {
        kind: "stale",
        missing: "pulled",
        message: "finished at the host but not pulled: wiki_20261124T020000Z.tar.zst: transfer-mismatch: it is not",
      },
    ],
    [
      "the visit broke off",
      {
        sighting: hostSighting({
          failure: { code: "connection-lost", message: "it ended" },
          applications: applicationSighting({
            lastRun: lastRun({ ...tonight, archive: "wiki_20261124T020000Z.tar.zst" }),
            waiting: [{ name: "wiki_20261124T020000Z.tar.zst", reason: "" }],
          }),
        }),
      },
      { kind: "stale", missing: "pulled", message: "not pulled: wiki_20261124T020000Z.tar.zst: run archiver pull" },
    ],
    [
      "the agent failed",
      seen({
        lastRun: lastRun({
          ...tonight,
          state: "failed",
          archive: null,
          failure: { code: "database-denied", message: "no" },
        }),
      }),
      {
        kind: "stale",
        missing: "finished",
        message: "the agent ran at 2026-11-24 02:00 UTC and failed: database-denied: no",
      },
    ],
    [
      "a run was killed",
      seen({ lastRun: lastRun({ ...tonight, state: "running", endedAt: null, archive: null }) }),
      {
        kind: "stale",
        missing: "finished",
        message:
          "a run began at 2026-11-24 02:00 UTC and had not ended at 2026-11-24 04:00 UTC: it takes long, was killed",
      },
    ],
    [
      "the archive was removed at the host",
      seen({ lastRun: lastRun({ ...tonight, archive: "wiki_20261124T020000Z.tar.zst" }) }),
      {
        kind: "stale",
        missing: "pulled",
        message: "it is neither at wiki01 nor here: was it removed there before a pull",
      },
    ],
    [
      "cron does not start it",
      seen({ lastRun: lastRun({ startedAt: "2026-11-22T02:00:00.700Z" }) }),
      {
        kind: "stale",
        missing: "ran",
        message: "the agent has not run (its last run began at 2026-11-22 02:00 UTC): look at the crontab of wiki01",
      },
    ],
    [
      "an older agent leaves no trace",
      seen({}),
      { kind: "stale", missing: "ran", message: "the agent has left no trace of a run: look at the crontab of wiki01" },
    ],
    [
      "an older agent was killed",
      seen({ unfinished: ["wiki_20261124T020000Z.tar.zst"] }),
      { kind: "stale", missing: "finished", message: "wiki_20261124T020000Z.tar.zst at wiki01 is not finished" },
    ],
    [
      "the work directory is another one",
      { archives: [], sighting: hostSighting() },
      {
        kind: "missing",
        missing: "ran",
        message: "never: nothing of it has come into the vault: nothing of wiki lies in",
      },
    ],
    [
      "it is here and nobody has verified it",
      fresh({ verifiedAt: undefined }),
      {
        kind: "unverified",
        missing: "verified",
        message: "wiki_20261124T020000Z.tar.zst is not verified: run archiver verify",
      },
    ],
    [
      "its sidecar cannot be read",
      fresh({ sha1: undefined }),
      {
        kind: "unverified",
        missing: "verified",
        message: "the sidecar of wiki_20261124T020000Z.tar.zst in the vault cannot",
      },
    ],
    [
      "it is in quarantine",
      { quarantined: [".archiver/quarantine/wiki01/wiki/wiki_20261124T020000Z.tar.zst"] },
      {
        kind: "quarantined",
        missing: "verified",
        message:
          "was found damaged and is in quarantine: see .archiver/quarantine/wiki01/wiki/wiki_20261124T020000Z.tar.zst.report.json",
      },
    ],
    [
      "everything was removed here",
      { archives: [recordedArchive("2026-11-22T02:00:00Z", { goneAt: now })] },
      {
        kind: "missing",
        missing: "ran",
        message: "nothing in the vault any more: wiki_20261122T020000Z.tar.zst left it at",
      },
    ],
  ])("%s", (title, changes, { kind, missing, message }) => {
    // A grace of nothing: the archive of the 23rd is late as well.
    const expectation =
      title.includes("it is here") || title.includes("sidecar")
        ? { every: "24h", grace: "1h" }
        : { every: "24h", grace: "4h" };
    const { row, findings } = enter({ expect: expectation, ...changes });
    expect(findings[0]).toMatchObject({ host: "wiki01", application: "wiki", kind });
    expect(findings[0]?.message).toContain(message);
    expect(row.missing).toBe(missing);
  });
});

test("says since when nothing has come and when it was expected, by interval and by schedule", () => {
  expect(enter().findings[0]?.message).toMatch(
    /^no backup since 2026-11-22 02:00 UTC \(expected 2026-11-23 02:00 UTC\): /,
  );
  const daily = enter({ expect: { schedule: "0 2 * * *", grace: "4h" } });
  expect(daily.findings[0]?.message).toMatch(
    /^no backup since 2026-11-22 02:00 UTC \(expected 2026-11-24 02:00 UTC\): /,
  );
  const never = enter({ archives: [], expect: { schedule: "0 2 * * *" } });
  expect(never.findings[0]?.message).toMatch(/^never: nothing of it has come into the vault \(expected 2026-11-24 02/);
});

test("has nothing to tell of a fresh backup, and shows when it came through each stage", () => {
  const { row, findings } = enter({ ...fresh(), lastProof: new Date("2026-11-20T10:00:00Z") });
  expect(findings).toEqual([]);
  expect(row).toMatchObject({ missing: undefined, causes: [] });
  expect(row.times).toEqual({
    expected: new Date("2026-11-24T02:00:00Z"),
    ran: new Date("2026-11-24T02:00:00Z"),
    finished: undefined,
    pulled: new Date("2026-11-24T04:00:00Z"),
    verified: new Date("2026-11-24T04:00:00Z"),
    proven: new Date("2026-11-20T10:00:00Z"),
  });
});

test("shows how far the missing backup has come", () => {
  const refused = [{ name: "wiki_20261124T020000Z.tar.zst", reason: "transfer-mismatch" }];
  const { times } = enter(
    seen({ lastRun: lastRun({ ...tonight, archive: "wiki_20261124T020000Z.tar.zst" }), waiting: refused }),
  ).row;
  expect(times).toMatchObject({
    ran: new Date("2026-11-24T02:00:00Z"),
    finished: new Date("2026-11-24T02:10:00Z"),
    pulled: undefined,
    verified: undefined,
  });
});

test("does not take what an unreached host once said for what it says now", () => {
  const failure = { code: "host-unreachable", message: "no answer" };
  const sighting = hostSighting({
    reachedAt: "2026-11-22T04:00:00.000Z",
    failure,
    applications: applicationSighting({ lastRun: lastRun() }),
  });
  expect(enter({ sighting }).row.causes).toEqual([
    "wiki01 was not reached since 2026-11-22 04:00 UTC: host-unreachable: no answer",
  ]);
});

describe("a host's clock", () => {
  const wrong = (hours: number) =>
    hostSighting({
      clock: { offset: hours * 3600, measuredAt: "2026-11-24T04:00:00.000Z" },
      applications: applicationSighting({ lastRun: lastRun() }),
    });

  test("that is ahead makes no old backup fresh", () => {
    const archives = [recordedArchive("2026-11-24T02:00:00Z", { arrivedAt: new Date("2026-11-22T04:00:00Z") })];
    expect(enter({ archives, sighting: wrong(48) }).findings[0]).toMatchObject({
      kind: "stale",
      message: expect.stringContaining("no backup since 2026-11-22 02:00 UTC"),
    });
    expect(enter({ archives }).findings[0]).toMatchObject({
      message: expect.stringContaining("no backup since 2026-11-22 04:00 UTC"),
    });
  });

  test("that is behind makes no fresh backup old", () => {
    const archives = [recordedArchive("2026-11-22T02:00:00Z", { arrivedAt: new Date("2026-11-24T04:00:00Z") })];
    expect(enter({ archives, sighting: wrong(-48) }).findings).toEqual([]);
  });

  test("is a cause of its own where it is far off", () => {
    expect(enter({ sighting: wrong(1) }).row.causes.at(-1)).toBe(
      "the clock of wiki01 is wrong, so its cron runs at other times",
    );
  });
});

describe("with a fresh backup, tells of", () => {
  const kinds = (changes: Changes) =>
    enter({ ...fresh(), ...changes }).findings.map(({ kind, message }) => `${kind}: ${message}`);

  test("a verification or proof that is too old, or none at all", () => {
    const expect_ = { every: "24h", grace: "4h", verified: "7d", proven: "30d" };
    const old = fresh({ verifiedAt: "2026-11-10T08:00:00.000Z" });
    expect(kinds({ ...old, expect: expect_, lastProof: new Date("2026-10-01T08:00:00Z") })).toEqual([
      "unproven: the last proof that it restores is 54 d old, at most 30 d is expected: run archiver drill wiki01",
      "unverified: wiki_20261124T020000Z.tar.zst was verified 14 d ago, at most 7 d is expected: run archiver verify wiki01",
    ]);
    expect(kinds({ expect: expect_ })).toEqual([
      "unproven: no drill has proven yet that it restores: run archiver drill wiki01",
    ]);
    expect(kinds({ expect: expect_, lastProof: new Date("2026-11-01T08:00:00Z") })).toEqual([]);
  });

  test("a drill that found something, whatever is expected", () => {
    expect(kinds(fresh({ findings: ["the login page does not answer"] }))).toEqual([
      "unproven: the drill of wiki_20261124T020000Z.tar.zst found: the login page does not answer: repair that, then run archiver drill wiki01",
    ]);
  });

  test("an archive that stays at the host, unless it is here", () => {
    const waiting = [{ name: "wiki_20261123T020000Z.tar.zst", reason: "kept" }];
    expect(kinds(seen({ waiting }))).toEqual([]);
    const refused = [{ name: "wiki_20261120T020000Z.tar.zst", reason: "removal-failed: no right" }, ...waiting];
    expect(kinds(seen({ waiting: refused }))).toEqual([
      "waiting: finished at the host but not pulled: wiki_20261120T020000Z.tar.zst: removal-failed: no right",
    ]);
  });

  test("a newer one that is not verified", () => {
    const archives = [...fresh().archives, recordedArchive("2026-11-24T07:00:00Z", { verifiedAt: undefined })];
    expect(kinds({ archives })).toEqual([
      "unverified: wiki_20261124T070000Z.tar.zst is not verified: run archiver verify wiki01",
    ]);
  });
});

test("an archive dated in the future is no backup, and is the cause", () => {
  const archives = [
    recordedArchive("2026-11-22T02:00:00Z"),
    recordedArchive("2027-11-24T02:00:00Z", { arrivedAt: undefined }),
  ];
  expect(enter({ archives }).findings[0]).toMatchObject({
    kind: "stale",
    message: expect.stringContaining("wiki_20271124T020000Z.tar.zst is dated in the future"),
  });
});

test("says nothing about lateness where nothing is expected", () => {
  expect(enterApplication({ ...lateApplication(), expectation: undefined }, clock).findings).toEqual([]);
});
