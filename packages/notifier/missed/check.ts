import { hostname } from "node:os";
import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { didYouMean } from "@catapullt/core/config/suggestion";
import { OperationError } from "@catapullt/core/errors";
import { escapeControls } from "@catapullt/core/printable";
import { defaultStateDirectory } from "@catapullt/core/state-directory";
import { lockCommand } from "../command-lock.ts";
import { firstTransportHint, type NotifyConfig, notifyConfigDescription } from "../config.ts";
import { dispatch } from "../dispatch/dispatch.ts";
import type { NotifyContext } from "../notify-context.ts";
import { rememberSecrets } from "../run/secrets.ts";
import { reportCrashes } from "../running/report-crashes.ts";
import { findNamesake } from "./causes.ts";
import { gatherHostEvidence } from "./host-evidence.ts";
import { isMissed, type JudgedJob } from "./judge.ts";
import { type JobsView, judgeJobs } from "./judge-jobs.ts";
import { markOverdue } from "./mark-overdue.ts";
import { type MissedRun, renderMissed } from "./message.ts";
import { checkResult } from "./render.ts";

const exampleHint = `say in notify.yaml when each job is expected, by the name that it has in messages, for example:
jobs:
  confluence: { schedule: '0 2 * * *', grace: 1h }
  nightly-rsync: { every: 24h, longest: 6h }`;

/** Says how all expected jobs stand, and tells those who want to know of each that did not run or hangs. */
export async function check(context: CommandContext, names: readonly string[]): Promise<CommandResult> {
  const { environment, configFile, log, signal } = context;
  const { config } = await loadConfig(notifyConfigDescription, { file: configFile, environment });
  const jobs = chooseJobs(config, names);
  await rememberSecrets(config, environment);
  const stateDirectory = config.stateDir ?? defaultStateDirectory(environment);
  const dispatchContext = { config, environment, stateDirectory, log };
  const lock = await lockCommand("check", dispatchContext);
  try {
    await reportCrashes(dispatchContext);
    const view = await judgeJobs(dispatchContext, { now: new Date() });
    const judged = view.jobs.filter(({ job }) => jobs.includes(job));
    await tellMissed(judged.filter(isMissed), view, { ...dispatchContext, signal });
    return checkResult({ jobs: judged, notes: findNotes(judged, view), clock: view.clock });
  } finally {
    lock?.release();
  }
}

/** The jobs that are looked at: those that are named, else all. */
function chooseJobs({ jobs }: NotifyConfig, names: readonly string[]): readonly string[] {
  const known = Object.keys(jobs);
  if (known.length === 0)
    throw new OperationError("config-invalid", "no job is expected: `jobs` is empty", { hint: exampleHint });
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names.length === 0 ? known : names;
  const message = `\`jobs\` says of no job ${JSON.stringify(unknown)} when it is expected${didYouMean(unknown, known)}`;
  throw new OperationError("usage-invalid", message, { hint: `it knows: ${known.map(escapeControls).join(", ")}` });
}

async function tellMissed(
  missed: readonly JudgedJob[],
  view: JobsView,
  { signal, ...context }: NotifyContext & { signal: AbortSignal },
): Promise<void> {
  if (missed.length === 0) return;
  if (context.config.transports.length === 0)
    context.log.warn(`nobody will hear of this: no transport is configured\n${firstTransportHint}`);
  const missing = view.jobs.filter(({ state }) => state === "overdue" || state === "never-ran").map(({ job }) => job);
  const evidence = { ...(await gatherHostEvidence()), records: view.records, expected: view.expected, missing };
  for (const job of missed) {
    const run: MissedRun = { job: await markOverdue(job, context), host: hostname(), clock: view.clock, evidence };
    await dispatch({ message: renderMissed(run), events: ["failure"], job: job.job, what: signatureOf(job) }, context);
    signal.throwIfAborted();
  }
}

/** The same for as long as the trouble is the same. */
function signatureOf({ state, running }: JudgedJob): string {
  return state === "hung" ? `hangs since ${running?.startedAt.toISOString()}` : "did not run";
}

function findNotes(jobs: readonly JudgedJob[], { records, expected }: JobsView): string[] {
  return jobs.flatMap(({ job, record, isAheadOfClock }) => {
    const namesake = record === undefined ? findNamesake(job, { records, expected }) : undefined;
    return [
      ...(namesake === undefined
        ? []
        : [`no run of ${job} is known, but ${namesake} runs and \`jobs\` does not expect it: is that the same?`]),
      ...(isAheadOfClock
        ? [`a run of ${job} is dated in the future, and does not count: look at this host's clock`]
        : []),
    ];
  });
}
