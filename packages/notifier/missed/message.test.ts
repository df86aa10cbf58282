import { expect, it } from "vitest";
import { addRun, createRecord, type RecordedRun } from "../state/job-record.ts";
import { type JobFacts, judgeJob } from "./judge.ts";
import { renderMissed } from "./message.ts";

const clock = { now: new Date("2026-11-24T08:00:00Z"), timeZone: "Europe/Berlin" };
const run: RecordedRun = {
  state: "warning",
  startedAt: new Date("2026-11-23T01:00:00Z"),
  endedAt: new Date("2026-11-23T01:03:05Z"),
  exitCode: 0,
};

function missed(facts: Partial<JobFacts> = {}, host = "wiki01") {
  const record = addRun(createRecord("confluence"), run);
  const expectation = { schedule: "0 2 * * *", grace: 3_600_000, longest: 7_200_000 };
  const all = { job: "confluence", expectation, record, running: [], watchedSince: new Date(0), ...facts };
  const evidence = {
    startedAt: new Date("2026-09-01T00:00:00Z"),
    hasCron: true,
    records: [record],
    expected: [all.job],
    missing: [all.job],
  };
  return renderMissed({ job: judgeJob(all, clock), host, clock, evidence });
}

it("says what was expected when, what ran last, why that may be, and what to run", () => {
  const { subject, text, kind, state, job } = missed();
  expect([kind, state, job]).toEqual(["missed", "failure", "confluence"]);
  expect(subject).toBe(
    "[backup] OVERDUE confluence on wiki01: expected at 2026-11-24 01:00:00 UTC, last ran at 2026-11-23 01:00:00 UTC",
  );
  expect(text).toBe(`OVERDUE: confluence on wiki01
expected at 2026-11-24 01:00:00 UTC, last ran at 2026-11-23 01:00:00 UTC

What did not run
----------------
it was expected at 2026-11-24 01:00:00 UTC and did not run; it last ran at 2026-11-23 01:00:00 UTC (warning, after 3 min 5 s)
  What to do: is its line in the crontab? crontab -l, and see /etc/cron.d (as the user whose job it is)
    does cron run? systemctl status cron
    what did it start? journalctl -u cron --since "2026-11-24 00:55:00 UTC"
    then run the job by hand, through notify

Likely causes, the likeliest first
----------------------------------
* its cron entry was removed, commented out or changed
* the command in its cron entry is not started through notify, runs as another user with another \`stateDir\`, or ended before notify began

The job
-------
Expected         0 2 * * * (Europe/Berlin), at most 1 h late
Was due          2026-11-24 01:00:00 UTC
Last run         2026-11-23 01:00:00 UTC, warning, after 3 min 5 s
Next             2026-11-25 01:00:00 UTC
wiki01 up since  2026-09-01 00:00:00 UTC
Looked at        2026-11-24 08:00:00 UTC
`);
});

it("says of a job that never ran that none of its runs is known", () => {
  const { subject, text } = missed({ record: undefined });
  expect(subject).toBe("[backup] NEVER RAN confluence on wiki01: expected at 2026-11-24 01:00:00 UTC");
  expect(text).toContain("it was expected at 2026-11-24 01:00:00 UTC, and no run of it is known");
});

it("says of a command that hangs for how long, what it is, and how to look at it", () => {
  const startedAt = new Date("2026-11-24T01:00:00Z");
  const running = {
    job: "confluence",
    host: "wiki01",
    command: ["backup-agent", "confluence"],
    startedAt,
    processLives: true,
  };
  const { subject, text } = missed({ running: [running] });
  expect(subject).toBe("[backup] HANGS confluence on wiki01: running since 2026-11-24 01:00:00 UTC, for 7 h");
  expect(text).toContain("it has run since 2026-11-24 01:00:00 UTC, for 7 h; at most 2 h is expected (`longest`)");
  expect(text).toMatch(/What to do: see what it waits for .*: ps -eo /);
  expect(text).toMatch(/\nShould have ended +2026-11-24 03:00:00 UTC\nRuns +backup-agent confluence\n/);
});

it("lets no name of a job or host become a line, a header or markup", () => {
  const name = "x\r\nBcc: all@example.com\u001b[2J<script>";
  const { subject, text, html } = missed({ job: name }, name);
  expect(subject).not.toMatch(/\p{Cc}/u);
  expect(text).not.toMatch(/^Bcc|(?!\n)\p{Cc}/mu);
  expect(html).not.toContain("<script>");
});
