import type { RunReport } from "@catapullt/core/report/schema";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../outcome.ts";
import { createRecord } from "../state/job-record.ts";
import { renderOutcome, renderTest } from "./render.ts";

const archive = {
  host: "wiki01",
  application: "confluence",
  name: "confluence_20261123T020000Z.tar.zst",
  path: "/srv/work/confluence/confluence_20261123T020000Z.tar.zst",
  bytes: 1_234_000_000,
  sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
};

const report: RunReport = {
  schemaVersion: 1,
  program: "backup-agent",
  command: "backup",
  host: "wiki01",
  application: "wiki2",
  type: "confluence",
  outcome: "success",
  startedAt: "2026-11-23T02:00:00.000Z",
  endedAt: "2026-11-23T02:03:05.000Z",
  version: "8.5.4",
  archives: [archive],
  databases: [{ name: "wikidb", engine: "mariadb", tables: 1, bytes: 987_000_000 }],
  trees: [{ label: "home", files: 1_020_104, bytes: 3_200_000_000, skipped: 2 }],
  warnings: [],
  failures: [],
};

function outcome(more: Partial<Outcome> = {}): Outcome {
  return {
    job: "wiki2",
    host: "wiki01",
    command: ["backup-agent", "wiki2"],
    state: "success",
    ending: { kind: "exited", exitCode: 0 },
    startedAt: new Date("2026-11-23T02:00:00Z"),
    endedAt: new Date("2026-11-23T02:03:05Z"),
    duration: 185_000,
    log: { lines: ["first", "last"], isCut: true },
    report,
    before: createRecord("wiki2"),
    ...more,
  };
}

describe("the text of a message", () => {
  it("tells a success", () => {
    expect(renderOutcome(outcome()).text).toBe(`OK: wiki2 on wiki01
1.23 GB in 3 min 5 s

The run
-------
Application  wiki2 (confluence)
Version      8.5.4
Size         1.23 GB (first run)
Archive      confluence_20261123T020000Z.tar.zst
Stored at    /srv/work/confluence/confluence_20261123T020000Z.tar.zst
SHA1         da39a3ee5e6b4b0d3255bfef95601890afd80709
Started      2026-11-23 02:00:00 UTC
Ended        2026-11-23 02:03:05 UTC
Duration     3 min 5 s
Command      backup-agent wiki2
Result       exit code 0

Databases
---------
wikidb  mariadb, 1 table, 987 MB dump

Files
-----
home  1,020,104 files, 3.20 GB, 2 skipped

Last 2 lines of output
----------------------
| first
| last
`);
  });

  it("tells a time limit before what the command had reported, and what to do", () => {
    const failures = [{ subject: "wiki02", code: "host-unreachable", message: "no answer", hint: "is it up?" }];
    const ending = { kind: "timed-out", limit: 7_200_000 } as const;
    const { text, subject } = renderOutcome(
      outcome({ state: "failure", ending, duration: 7_200_400, report: { ...report, failures } }),
    );
    expect(subject).toBe("[backup] FAILED wiki2 on wiki01: timed out after 2 h");
    expect(text).toContain(`What failed
-----------
timed out after 2 h
  What to do: the command and all that it had started were ended; find out what it waited for, or raise --timeout
wiki02: no answer
  What to do: is it up?

Last 2 lines of output`);
  });

  it("stays bounded, whatever a report holds", () => {
    const many = <T>(item: T) => Array.from({ length: 5_000 }, () => item);
    const { text, html, subject } = renderOutcome(
      outcome({
        job: "j".repeat(5_000),
        command: many("x".repeat(100)),
        report: {
          ...report,
          warnings: many("w".repeat(10_000)),
          archives: many(archive),
          databases: many({ name: "d", engine: "e", tables: 1, bytes: 1 }),
          trees: many({ label: "t", files: 1, bytes: 1, skipped: 0 }),
        },
      }),
    );
    expect(subject.length).toBeLessThanOrEqual(180);
    expect(text).toContain("* … and 4950 more");
    expect(Math.max(text.length, html.length)).toBeLessThan(200_000);
  });
});

describe("the HTML of a message", () => {
  it("says in words and colour how it went, and loads nothing from elsewhere", () => {
    const { html } = renderOutcome(outcome({ state: "failure", ending: { kind: "signalled", signal: "SIGKILL" } }));
    expect(html).toMatch(/background:#cf222e">FAILED<\/span> wiki2 on wiki01<\/h1>/);
    expect(html).not.toMatch(/<script|<link|<img|src=|href=|url\(/);
  });
});

describe("a test message", () => {
  it("cannot be taken for one about a backup", () => {
    const { subject, state } = renderTest("wiki01", new Date(0));
    expect([subject, state]).toEqual(["[backup] TEST notify on wiki01: messages arrive", "test"]);
  });
});
