import { OperationError } from "@catapullt/core/errors";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import { createPace } from "../verify/pace.ts";
import type { PushOutcome } from "./outcome.ts";
import type { Pass } from "./pass.ts";
import type { ConfirmAction, PushAction, SendAction } from "./plan.ts";
import { confirmArchive, sendArchive } from "./send.ts";

export interface ActionRun {
  pass: Pass;
  outcome: PushOutcome;
  onProgress: (bytes: number) => void;
}

/** Does what the plan says about one archive. True where the archive is then proven to be at the destination, or to have been there. */
export async function runAction(action: PushAction, run: ActionRun): Promise<boolean> {
  const { pass, outcome } = run;
  const { depot, context } = pass;
  const { application, name, reason } = action;
  switch (action.kind) {
    case "send":
      return runSend(action, run);
    case "confirm":
      return runConfirm(action, run);
    case "present":
      context.log.debug(`${application}/${name}: ${reason}`);
      outcome.present.push({ application, name, reason });
      return true;
    case "discard":
      context.log.info(`removing ${reason}: ${name}`);
      await depot.removePart(action);
      return false;
    case "skip":
      context.log.debug(`left alone: ${application}/${name}: ${reason}`);
      outcome.skipped.push({ application, name, reason });
      return false;
    case "refuse":
      throw new OperationError("transfer-mismatch", `${application}/${name}: ${reason}`, { hint: action.hint });
  }
}

async function runSend(action: SendAction, { pass, outcome, onProgress }: ActionRun): Promise<boolean> {
  const { local, depot, records, context } = pass;
  const { log } = context;
  const { application, name, bytes, sha1, resumeFrom } = action;
  const id = { destination: depot.location, application, name };
  if ((await local.look(action)) === undefined) {
    outcome.skipped.push({ application, name, reason: "no longer on this host" });
    return false;
  }
  if (resumeFrom > 0) log.info(`going on with ${name} at ${formatBytes(resumeFrom)} of ${formatBytes(bytes)}`);
  const startedAt = performance.now();
  await records.add({ event: "begun", at: new Date().toISOString(), ...id });
  const { durable, transferred, resumedFrom } = await sendArchive(action, sendContext(pass, onProgress));
  const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(3));
  await records.add({ event: "pushed", at: new Date().toISOString(), ...id, bytes, sha1, durable, seconds });
  const path = `${depot.location}/${application}/${name}`;
  outcome.pushed.push({ application, name, path, bytes, sha1, transferred, resumedFrom, seconds });
  const rate = formatBytes(transferred / Math.max(seconds, 0.001));
  log.info(`sent ${name}: ${formatBytes(transferred)} in ${formatDuration(seconds * 1000)} (${rate}/s)`);
  if (!durable)
    log.info(`${depot.location} cannot say whether ${name} is on its disk: it stays here until the next run`);
  return true;
}

async function runConfirm(action: ConfirmAction, { pass, outcome, onProgress }: ActionRun): Promise<boolean> {
  const { depot, records, context } = pass;
  const { application, name, bytes, sha1, reason } = action;
  context.log.info(`reading back ${name}: ${reason}`);
  await confirmArchive(action, sendContext(pass, onProgress));
  const id = { destination: depot.location, application, name };
  const at = new Date().toISOString();
  await records.add({ event: "pushed", at, ...id, bytes, sha1, durable: false, seconds: null });
  outcome.present.push({ application, name, reason: `${reason}; read back and whole` });
  return true;
}

function sendContext({ local, depot, context }: Pass, onProgress: (bytes: number) => void) {
  const { log, signal, settings } = context;
  const pace = settings.rate === undefined ? async () => {} : createPace(settings.rate, { signal });
  return { local, depot, log, signal, pace, onProgress };
}
