import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { OperationError } from "@catapullt/core/errors";
import { defaultStateDirectory } from "@catapullt/core/state-directory";
import { lockCommand } from "../command-lock.ts";
import { firstTransportHint, notifyConfigDescription } from "../config.ts";
import { listRecipients } from "../dispatch/recipients.ts";
import type { NotifyContext } from "../notify-context.ts";
import { rememberSecrets } from "../run/secrets.ts";
import { reportCrashes } from "../running/report-crashes.ts";
import { createTransport } from "../transports/registry.ts";
import { type FlushedMessage, flushResult } from "./flush-result.ts";
import type { Attempt, Parcel } from "./parcel.ts";
import { collectLate, isBeingSent, sendRound } from "./round.ts";
import { routeEntry } from "./route.ts";
import { listSpool, readSpool } from "./store.ts";

export interface FlushOptions {
  dryRun?: boolean;
}

/** Sends all that waits, however long it takes. */
export async function flush(context: CommandContext, { dryRun = false }: FlushOptions): Promise<CommandResult> {
  const { environment, configFile, log, signal } = context;
  const { config } = await loadConfig(notifyConfigDescription, { file: configFile, environment });
  if (config.transports.length === 0)
    throw new OperationError("config-invalid", "no transport is configured", { hint: firstTransportHint });
  await rememberSecrets(config, environment);
  const notifyContext = {
    config,
    environment,
    log,
    stateDirectory: config.stateDir ?? defaultStateDirectory(environment),
  };
  try {
    return await flushAll(notifyContext, { dryRun, signal });
  } catch (error) {
    throw explainUnusable(error, notifyContext);
  }
}

async function flushAll(
  context: NotifyContext,
  { dryRun, signal }: { dryRun: boolean; signal: AbortSignal },
): Promise<CommandResult> {
  if (dryRun) return flushResult(await listWaiting(context), { isDryRun: true });
  const waited = await sendWaiting(context, signal, []);
  await reportCrashes(context);
  signal.throwIfAborted();
  const added = await sendWaiting(context, signal, waited);
  const attempts = await markSentSince([...waited, ...added], context);
  return flushResult(await describeAttempts(attempts, context), { isDryRun: false });
}

function explainUnusable(error: unknown, { stateDirectory }: NotifyContext): unknown {
  if (error instanceof OperationError || !(error instanceof Error && "code" in error)) return error;
  return new OperationError("state-unusable", `the spool in ${stateDirectory} cannot be used: ${error.message}`, {
    hint: "run it as the user who runs the jobs, make room there, or set `stateDir` to a directory of this user",
    cause: error,
  });
}

/** One round, but for what was tried already. */
async function sendWaiting(
  context: NotifyContext,
  signal: AbortSignal,
  tried: readonly Attempt[],
): Promise<readonly Attempt[]> {
  if ((await listSpool(context.stateDirectory)).length === 0) return [];
  const lock = await lockCommand("spool", context);
  try {
    const late = (await collectLate(context)).filter(({ name }) => tried.every(({ parcel }) => parcel.name !== name));
    return await sendRound({ context, signal, lateSignal: signal, isThorough: true, own: [], late });
  } finally {
    lock?.release();
  }
}

/** What waited in the first round may have gone out with the messages about crashes. */
async function markSentSince(attempts: readonly Attempt[], { stateDirectory }: NotifyContext): Promise<Attempt[]> {
  const left = (await listSpool(stateDirectory)).map(({ name }) => name);
  return attempts.map((attempt) => {
    const { parcel, result } = attempt;
    const isGone = result === "waiting" && parcel.name !== undefined && !left.includes(parcel.name);
    return isGone ? { ...attempt, result: "sent", delivery: undefined } : attempt;
  });
}

async function describeAttempts(attempts: readonly Attempt[], context: NotifyContext): Promise<FlushedMessage[]> {
  const names = await nameTransports(context);
  return attempts.map(({ parcel, result, delivery }) => ({
    ...describeParcel(parcel, names),
    result: result === "superseded" || result === "sent" || result === "given-up" ? result : "waiting",
    tries: parcel.entry.tries + (result === "sent" ? 1 : 0),
    problem: delivery?.failure?.message ?? (result === "waiting" ? parcel.entry.lastFailure?.problem : undefined),
    hint: delivery?.failure?.hint,
  }));
}

async function listWaiting(context: NotifyContext): Promise<FlushedMessage[]> {
  const recipients = listRecipients(context.config);
  const names = await nameTransports(context);
  const stored = await readSpool(context.stateDirectory, context.log);
  return Promise.all(
    stored.map(async (parcel) => {
      const [target] = routeEntry(parcel.entry, recipients);
      const identity = target?.identity ?? parcel.entry.identity;
      const { tries, lastFailure } = parcel.entry;
      return {
        ...describeParcel({ ...parcel, entry: { ...parcel.entry, identity } }, names),
        result: (await isBeingSent(parcel.entry)) ? ("being sent" as const) : ("waiting" as const),
        tries,
        problem: lastFailure?.problem,
        hint: undefined,
      };
    }),
  );
}

function describeParcel({ entry }: Parcel, names: ReadonlyMap<string, string>) {
  const { message, identity, type } = entry;
  const { id, job, kind, state, subject, time } = message;
  return { id, job, kind, state, subject, time, transport: names.get(identity) ?? `${type} (no longer configured)` };
}

async function nameTransports({ config }: NotifyContext): Promise<ReadonlyMap<string, string>> {
  const recipients = listRecipients(config);
  return new Map(
    await Promise.all(
      recipients.map(async ({ identity, settings }) => [identity, (await createTransport(settings)).name] as const),
    ),
  );
}
