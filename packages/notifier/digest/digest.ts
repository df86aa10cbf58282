import { hostname } from "node:os";
import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { durationExamples, parseDuration } from "@catapullt/core/config/duration";
import { loadConfig } from "@catapullt/core/config/load";
import { OperationError } from "@catapullt/core/errors";
import { exitCodes } from "@catapullt/core/exit-codes";
import { defaultStateDirectory } from "@catapullt/core/state-directory";
import { lockCommand } from "../command-lock.ts";
import { firstTransportHint, type NotifyConfig, notifyConfigDescription } from "../config.ts";
import { type Dispatched, dispatch } from "../dispatch/dispatch.ts";
import { isWanted, listRecipients } from "../dispatch/recipients.ts";
import type { Message } from "../message/message.ts";
import { judgeJobs } from "../missed/judge-jobs.ts";
import type { NotifyContext } from "../notify-context.ts";
import { rememberSecrets } from "../run/secrets.ts";
import { reportCrashes } from "../running/report-crashes.ts";
import { archiverCommand, askArchiver } from "./archiver.ts";
import { countEntries, type DigestEntry } from "./entry.ts";
import { describeJobs } from "./job-entry.ts";
import { readLastDigest, writeLastDigest } from "./last-digest.ts";
import { type Digest, renderDigest } from "./message.ts";

export interface DigestOptions {
  since?: string;
  dryRun?: boolean;
}

const firstPeriod = 24 * 3_600_000;

/** Sends one summary of all jobs through every transport that takes summaries. */
export async function digest(context: CommandContext, options: DigestOptions): Promise<CommandResult> {
  const { environment, configFile, log } = context;
  const length = parseSince(options.since);
  const { config } = await loadConfig(notifyConfigDescription, { file: configFile, environment });
  const isDryRun = options.dryRun === true;
  if (!isDryRun) requireRecipient(config);
  await rememberSecrets(config, environment);
  const stateDirectory = config.stateDir ?? defaultStateDirectory(environment);
  const dispatchContext = { config, environment, stateDirectory, log };
  const lock = isDryRun ? undefined : await lockCommand("digest", dispatchContext);
  try {
    if (!isDryRun) await reportCrashes(dispatchContext);
    const summary = await summarize(context, dispatchContext, { length, isDryRun });
    const message = renderDigest(summary);
    if (isDryRun) return digestResult(summary, message, undefined);
    const dispatched = await dispatch({ message, events: [], job: undefined }, dispatchContext);
    if (isTold(dispatched)) await writeLastDigest(stateDirectory, summary.period.until, log);
    return digestResult(summary, message, dispatched);
  } finally {
    lock?.release();
  }
}

function requireRecipient(config: NotifyConfig): void {
  const { transports } = config;
  if (transports.length === 0)
    throw new OperationError("config-invalid", "no transport is configured", { hint: firstTransportHint });
  const announcement = { kind: "digest" as const, events: [] };
  if (listRecipients(config).some((recipient) => isWanted(recipient, announcement))) return;
  const types = [...new Set(transports.map(({ type }) => type))].join(" and ");
  throw new OperationError("config-invalid", `no transport takes summaries: ${types} only do with \`digest: true\``, {
    hint: "add a transport such as smtp to notify.yaml, or set `digest: true` on one that is there",
  });
}

function parseSince(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const length = parseDuration(text);
  if (length !== undefined && length > 0) return length;
  throw new OperationError("usage-invalid", `--since ${text} is no time`, {
    hint: `expected a duration such as ${durationExamples}`,
  });
}

async function summarize(
  { environment, signal, log }: CommandContext,
  context: NotifyContext,
  { length, isDryRun }: { length: number | undefined; isDryRun: boolean },
): Promise<Digest> {
  const archived = await askConfigured(context.config, { environment, signal, log });
  const now = new Date();
  const period = { since: await findSince(context.stateDirectory, now, length), until: now };
  const { jobs } = await judgeJobs(context, { now, isDryRun });
  return { host: hostname(), period, entries: [...describeJobs(jobs, period), ...archived] };
}

async function findSince(stateDirectory: string, now: Date, length: number | undefined): Promise<Date> {
  const last = length === undefined ? await readLastDigest(stateDirectory) : undefined;
  // A clock that was wrong may have left a moment that is still to come.
  return last !== undefined && last < now ? last : new Date(now.getTime() - (length ?? firstPeriod));
}

async function askConfigured(
  { digest: { archiver } }: NotifyConfig,
  context: Parameters<typeof askArchiver>[1],
): Promise<DigestEntry[]> {
  if (archiver === false) return [];
  return askArchiver(archiver === true ? archiverCommand : archiver.command, context);
}

/** What waits in the spool is sent later: nothing of it is lost. */
function isTold({ sent, waiting }: Dispatched): boolean {
  return sent.length + waiting.length > 0;
}

function digestResult(
  { host, period, entries }: Digest,
  { subject, text, state }: Message,
  dispatched: Dispatched | undefined,
): CommandResult {
  return {
    text: dispatched === undefined ? `${subject}\n\n${text}` : describeDispatch(subject, dispatched),
    json: {
      subject,
      state,
      host,
      since: period.since.toISOString(),
      until: period.until.toISOString(),
      counts: countEntries(entries),
      entries: entries.map((entry) => ({ ...entry, reason: entry.reason ?? null })),
      sent: dispatched?.sent ?? [],
      waiting: dispatched?.waiting ?? [],
      lost: dispatched?.lost ?? [],
    },
    exitCode: dispatched === undefined || isSent(dispatched) ? exitCodes.done : exitCodes.failed,
  };
}

function isSent({ sent, waiting, lost }: Dispatched): boolean {
  return sent.length > 0 && waiting.length === 0 && lost.length === 0;
}

function describeDispatch(subject: string, { sent, waiting, lost }: Dispatched): string {
  const lines = [
    ...sent.map((transport) => `sent through ${transport}`),
    ...waiting.map((transport) => `not sent through ${transport}: it waits for the next run or \`notify flush\``),
    ...lost.map((transport) => `not sent through ${transport}, and not kept`),
  ];
  return [subject, ...lines, ""].join("\n");
}
