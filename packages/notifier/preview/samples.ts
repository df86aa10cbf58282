import { describeVerdict } from "../digest/archiver.ts";
import { describeJobs } from "../digest/job-entry.ts";
import { renderDigest } from "../digest/message.ts";
import type { Event } from "../events.ts";
import type { Message } from "../message/message.ts";
import { renderOutcome } from "../message/render.ts";
import { judgeJob } from "../missed/judge.ts";
import { renderMissed } from "../missed/message.ts";
import { eventsOf, type Outcome, recordOf } from "../outcome.ts";
import { addRun, type JobRecord } from "../state/job-record.ts";
import { host, job, nights, outcomes, recordOfNights } from "./sample-job.ts";
import type { SampleState } from "./states.ts";

export interface Sample {
  message: Message;
  /** What it is for the transports' `on`; none for a digest. */
  events: readonly Event[];
}

/** The message about an invented job: always the same, but for its id. */
export function createSample(state: SampleState): Sample {
  switch (state) {
    case "missed":
      return { message: missedSample(), events: ["failure"] };
    case "digest":
      return { message: digestSample(), events: [] };
    default:
      return sampleOf(outcomes[state]);
  }
}

export function sampleOf(outcome: Outcome): Sample {
  return { message: renderOutcome(outcome), events: eventsOf(outcome) };
}

const clock = { now: new Date("2026-11-23T07:00:00Z"), timeZone: "UTC" };
const period = { since: new Date("2026-11-22T07:00:00Z"), until: clock.now };
const nightly = { schedule: "0 2 * * *", grace: 3_600_000 };

// It did not run last night.
const idle = recordOfNights(job, nights);
const jira = addRun(recordOfNights("jira", nights), recordOf(outcomes.failure));

function judge(record: JobRecord) {
  const facts = { job: record.job, expectation: nightly, record, running: [], watchedSince: new Date(0) };
  return judgeJob(facts, clock);
}

function missedSample(): Message {
  const evidence = {
    startedAt: new Date("2026-10-01T06:12:44Z"),
    hasCron: true,
    records: [idle, jira],
    expected: [job],
    missing: [job],
  };
  return renderMissed({ job: judge(idle), host, clock, evidence });
}

function digestSample(): Message {
  const confluence = addRun(idle, recordOf(outcomes.success));
  const records = [confluence, jira, recordOfNights("nightly-rsync", nights)];
  return renderDigest({
    host,
    period,
    entries: [...describeJobs(records.map(judge), period), ...describeVerdict(archiverVerdict)],
  });
}

const archiverVerdict = {
  healthy: true,
  findings: [],
  applications: [
    { host, application: job, state: "ok", time: "2026-11-23T02:00:00Z", bytes: 1_234_000_000 },
    { host: "git01", application: "gitea", state: "ok", time: "2026-11-23T01:30:00Z", bytes: 8_410_000_000 },
  ],
};
