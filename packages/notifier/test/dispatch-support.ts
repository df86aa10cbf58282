import { readdirSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "@catapullt/core/errors";
import { createLogger } from "@catapullt/core/log/logger";
import { freePort } from "@catapullt/testkit/free-port";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { notifyConfigSchema } from "../config.ts";
import { type Dispatched, dispatch } from "../dispatch/dispatch.ts";
import { listRecipients } from "../dispatch/recipients.ts";
import { renderOutcome } from "../message/render.ts";
import type { NotifyContext } from "../notify-context.ts";
import { eventsOf, type Outcome, recordOf } from "../outcome.ts";
import { nameTrouble } from "../reminders/trouble.ts";
import type { SpoolEntry } from "../spool/entry.ts";
import { storeEntry } from "../spool/store.ts";
import { recordRun } from "../state/record-run.ts";
import { smtpTransport } from "./support.ts";
import { messages, outcome } from "./transport-fixtures.ts";

export interface DispatchSetup extends NotifyContext {
  /** What was logged, one line after the other. */
  logged: string[];
}

/** A state directory of its own, and a configuration with these keys. */
export function dispatchSetup(config: { transports: readonly object[]; [key: string]: unknown }): DispatchSetup {
  const logged: string[] = [];
  const log = createLogger({ format: "plain", level: "info", write: (line) => logged.push(line) });
  const stateDirectory = join(temporaryDirectory("dispatch"), "state");
  return { config: notifyConfigSchema().parse(config), environment: {}, stateDirectory, log, logged };
}

/** The same state with another configuration, as after an administrator has changed it. */
export function reconfigure(
  setup: DispatchSetup,
  config: { transports: readonly object[]; [key: string]: unknown },
): DispatchSetup {
  return { ...setup, config: notifyConfigSchema().parse(config) };
}

/** A run that ended like this, recorded and told as `notify` does it. */
export async function tellRun(setup: DispatchSetup, more: Partial<Outcome>): Promise<Dispatched> {
  const finished = outcome({ startedAt: new Date(), endedAt: new Date(), ...more });
  const before = await recordRun(finished.job, recordOf(finished), setup);
  const recorded = { ...finished, before };
  const { job } = recorded;
  const what = nameTrouble(recorded);
  return dispatch({ message: renderOutcome(recorded), events: eventsOf(recorded), job, what }, setup);
}

export const failure = { state: "failure", ending: { kind: "exited", exitCode: 1 }, report: undefined } as const;
export const success = { state: "success", report: undefined } as const;

/** The messages that wait. */
export function waitingFiles({ stateDirectory }: { stateDirectory: string }): string[] {
  try {
    return readdirSync(join(stateDirectory, "notify", "spool")).filter((name) => /^\d.*\.json$/.test(name));
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return [];
    throw error;
  }
}

/** Where nobody listens; short of time, so that there is one try. */
export async function deadTransport(more: object = {}): Promise<object> {
  return smtpTransport({ port: await freePort() }, { timeout: "1s", ...more });
}

export function webhook(origin: string, more: object = {}): object {
  return { type: "webhook", url: `${origin}/hook`, timeout: "1s", ...more };
}

let lastQueued = Date.now();

/** A message that waits for the first transport of the configuration, after those of the calls before. */
export async function storeWaiting(setup: DispatchSetup, more: Partial<SpoolEntry> = {}): Promise<void> {
  lastQueued += 1;
  const [recipient] = listRecipients(setup.config);
  const identity = recipient?.identity ?? "";
  const type = recipient?.settings.type ?? "";
  const message = { ...messages.failure, id: crypto.randomUUID(), ...more.message };
  await storeEntry(setup.stateDirectory, {
    identity,
    type,
    events: ["failure"],
    queuedAt: new Date(lastQueued),
    tries: 0,
    lastFailure: undefined,
    sender: undefined,
    ...more,
    message,
  });
}
