import { randomUUID } from "node:crypto";
import { formatCommandLine } from "@catapullt/core/shell-words";
import { formatDuration } from "@catapullt/core/units";
import { cleanLine, cleanText } from "../message/clean.ts";
import type { Content, Fact, Problem, Section } from "../message/content.ts";
import { formatMoment } from "../message/figures.ts";
import type { Message } from "../message/message.ts";
import { renderBodies } from "../message/render.ts";
import { formatSubject } from "../message/subject.ts";
import { type Evidence, findCauses } from "./causes.ts";
import { describeExpectation, describeRun, describeTrouble } from "./describe.ts";
import type { Clock, JudgedJob } from "./judge.ts";

/** A job that did not run or hangs, and all that a message about it is made of. */
export interface MissedRun {
  job: JudgedJob;
  host: string;
  clock: Clock;
  evidence: Evidence;
}

const badges: Partial<Record<JudgedJob["state"], string>> = {
  overdue: "OVERDUE",
  "never-ran": "NEVER RAN",
  hung: "HANGS",
};

/** The message about a job that did not run or hangs. */
export function renderMissed(missed: MissedRun): Message {
  const { job, host, clock } = missed;
  const badge = badges[job.state] ?? "MISSED";
  const headline = cleanLine(`${job.job} on ${host}`);
  const summary = cleanLine(summarize(missed));
  const content: Content = { badge, tone: "bad", headline, summary, sections: sectionsOf(missed) };
  return {
    id: randomUUID(),
    kind: "missed",
    time: clock.now,
    job: cleanLine(job.job),
    host: cleanLine(host),
    state: "failure",
    isRecovery: false,
    run: undefined,
    subject: formatSubject(badge, `${headline}: ${summary}`),
    ...renderBodies(content),
  };
}

/** What goes into the subject: no more than fits there. */
function summarize({ job, clock: { now } }: MissedRun): string {
  const { state, expectedAt, lastRun, running } = job;
  if (state === "hung" && running !== undefined)
    return `running since ${formatMoment(running.startedAt)}, for ${formatDuration(now.getTime() - running.startedAt.getTime())}`;
  const expected = expectedAt === undefined ? "did not run" : `expected at ${formatMoment(expectedAt)}`;
  return lastRun === undefined ? expected : `${expected}, last ran at ${formatMoment(lastRun.startedAt)}`;
}

function sectionsOf(missed: MissedRun): Section[] {
  const { job, evidence, clock } = missed;
  const trouble: Problem = { text: cleanText(describeTrouble(job, clock.now) ?? ""), hint: cleanText(advise(missed)) };
  const problems: Section = {
    kind: "problems",
    title: job.state === "hung" ? "What hangs" : "What did not run",
    problems: [trouble],
  };
  const facts: Section = { kind: "facts", title: "The job", rows: factsOf(missed) };
  if (job.state === "hung") return [problems, facts];
  const causes = findCauses(job, evidence).map(cleanLine);
  return [problems, { kind: "list", title: "Likely causes, the likeliest first", items: causes }, facts];
}

function advise({ job, clock }: MissedRun): string {
  if (job.state === "hung")
    return `see what it waits for (a lock, a network file system, a prompt): ps -eo pid,ppid,lstart,stat,wchan:20,args --forest\nthen end it with kill; to have that done at the limit, start it by: notify --timeout 2h -- …`;
  const since = formatMoment(new Date((job.expectedAt ?? clock.now).getTime() - 5 * 60_000));
  return [
    "is its line in the crontab? crontab -l, and see /etc/cron.d (as the user whose job it is)",
    "does cron run? systemctl status cron",
    `what did it start? journalctl -u cron --since "${since}"`,
    "then run the job by hand, through notify",
  ].join("\n");
}

function factsOf({ job, clock, evidence, host }: MissedRun): Fact[] {
  const { expectation, expectedAt, hungSince, lastRun, running, record, next } = job;
  const moment = (label: string, time: Date | undefined) =>
    time === undefined ? [] : [fact(label, formatMoment(time))];
  const isFirst = record?.overdueSince?.getTime() === expectedAt?.getTime();
  const missingSince = isFirst ? [] : moment("Missing since", record?.overdueSince);
  return [
    ...(expectation === undefined ? [] : [fact("Expected", describeExpectation(expectation, clock.timeZone))]),
    ...moment("Was due", expectedAt),
    ...(hungSince === undefined ? missingSince : moment("Should have ended", hungSince)),
    ...(running === undefined ? [] : [fact("Runs", formatCommandLine(running.command))]),
    fact("Last run", lastRun === undefined ? "none is known" : describeRun(lastRun)),
    ...moment("Next", next),
    ...moment(`${host} up since`, evidence.startedAt),
    fact("Looked at", formatMoment(clock.now)),
  ];
}

function fact(label: string, value: string): Fact {
  return { label: cleanLine(label), value: cleanLine(value) };
}
