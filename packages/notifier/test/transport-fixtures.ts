import type { RunReport } from "@catapullt/core/report/schema";
import { type HttpStandIn, type HttpStandInOptions, startHttpStandIn } from "@catapullt/testkit/http-stand-in";
import { onTestFinished } from "vitest";
import type { DigestEntry } from "../digest/entry.ts";
import { renderDigest } from "../digest/message.ts";
import type { Message } from "../message/message.ts";
import { renderOutcome, renderTest } from "../message/render.ts";
import { judgeJob } from "../missed/judge.ts";
import { renderMissed } from "../missed/message.ts";
import type { Outcome } from "../outcome.ts";
import { createRecord } from "../state/job-record.ts";

/** An HTTP server that ends with the current test. */
export async function httpStandIn(options: HttpStandInOptions = {}): Promise<HttpStandIn> {
  const standIn = await startHttpStandIn(options);
  onTestFinished(() => standIn.close());
  return standIn;
}

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
  archives: [
    {
      host: "wiki01",
      application: "wiki2",
      name: "wiki2_20261123T020000Z.tar.zst",
      path: "/srv/work/wiki2/wiki2_20261123T020000Z.tar.zst",
      bytes: 1_234_000_000,
      sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    },
  ],
  databases: [{ name: "wikidb", engine: "mariadb", tables: 214, bytes: 987_000_000 }],
  trees: [{ label: "home", files: 1_020_104, bytes: 3_200_000_000, skipped: 2 }],
  warnings: [],
  failures: [],
};

export function outcome(more: Partial<Outcome> = {}): Outcome {
  return {
    job: "wiki2",
    host: "wiki01",
    command: ["backup-agent", "wiki2"],
    state: "success",
    ending: { kind: "exited", exitCode: 0 },
    startedAt: new Date("2026-11-23T02:00:00Z"),
    endedAt: new Date("2026-11-23T02:03:05Z"),
    duration: 185_000,
    log: { lines: ["the first line", "the last line"], isCut: true },
    report,
    before: createRecord("wiki2"),
    ...more,
  };
}

const failed = {
  ...createRecord("wiki2"),
  streak: { state: "failure", runs: 3, since: new Date("2026-11-20T02:00:00Z") },
} as const;
const failures = [
  { subject: "wiki2", code: "dump-failed", message: "the dump ended early", hint: "look at the server" },
];

const now = new Date("2026-11-23T08:00:00Z");

function missed(): Message {
  const clock = { now, timeZone: "UTC" };
  const facts = { job: "wiki2", expectation: { schedule: "0 2 * * *", grace: 3_600_000 }, record: undefined };
  const job = judgeJob({ ...facts, running: [], watchedSince: new Date("2026-11-01T00:00:00Z") }, clock);
  const evidence = { startedAt: undefined, hasCron: true, records: [], missing: [], expected: ["wiki2"] };
  return renderMissed({ job, host: "wiki01", clock, evidence });
}

function digest(): Message {
  const entry = {
    name: "wiki2",
    kind: "failed",
    source: "job",
    details: "exit code 3",
    reason: "the dump ended early",
  };
  const period = { since: new Date("2026-11-22T08:00:00Z"), until: now };
  return renderDigest({ host: "wiki01", period, entries: [entry as DigestEntry] });
}

/** One message of each kind. */
export const messages = {
  success: renderOutcome(outcome()),
  warning: renderOutcome(outcome({ state: "warning", report: { ...report, warnings: ["2 files vanished"] } })),
  failure: renderOutcome(
    outcome({ state: "failure", ending: { kind: "exited", exitCode: 3 }, report: { ...report, failures } }),
  ),
  recovery: renderOutcome(outcome({ before: failed })),
  test: renderTest("wiki01", new Date("2026-11-23T02:03:05Z")),
  missed: missed(),
  digest: digest(),
} satisfies Record<string, Message>;

/** What means something to one service or another, and must mean nothing in a message. */
export const hostilePieces = [
  "<!channel>",
  "<@U012AB3CD>",
  "<https://evil.example|click>",
  "[click](https://evil.example)",
  "![](https://evil.example/x.png)",
  "@all",
  "@channel",
  "@here",
  "@everyone",
  "@room",
  "</pre><b>bold</b><script>alert(1)</script>",
  "``` *end* ```",
  "`` ` ``",
  "&lt;b&gt;&amp;",
  '"}], "x": [{"',
  "\\u0022 \\",
  "{{text}} $HOME $(id)",
  "\r\nX-Injected: yes",
  "ünïcode 💾 漢字",
] as const;

const hostile = hostilePieces.join(" ");

/** A failure whose every text comes from somebody who means harm. */
export const hostileMessage: Message = renderOutcome(
  outcome({
    job: hostile,
    host: hostile,
    command: ["sh", "-c", hostile],
    state: "failure",
    ending: { kind: "exited", exitCode: 1 },
    log: { lines: [...hostilePieces, "the last line"], isCut: false },
    report: { ...report, failures: [{ code: "dump-failed", message: hostile, hint: hostile }], warnings: [hostile] },
  }),
);

/** A failure that says far more than any service takes. */
export const hugeMessage: Message = renderOutcome(
  outcome({
    job: "j".repeat(400),
    state: "failure",
    ending: { kind: "exited", exitCode: 1 },
    log: {
      lines: [
        ...Array.from({ length: 400 }, (_, index) => `${index} <&> 漢字💾\`\`\` ${"x".repeat(300)}`),
        "the last line",
      ],
      isCut: true,
    },
    report: {
      ...report,
      failures: Array.from({ length: 50 }, () => ({
        code: "dump-failed",
        message: `the dump ended early ${"&<`".repeat(500)}`,
      })),
      warnings: Array.from({ length: 50 }, () => "w".repeat(1_500)),
    },
  }),
);
