import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeFileAtomically } from "@catapullt/core/atomic-file";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import type { Consistency } from "../applications/type.ts";

export interface ConsistencyRequest {
  application: string;
  consistency: Consistency | undefined;
  stateDirectory: string;
  environment: NodeJS.ProcessEnv;
  log: Logger;
  signal: AbortSignal;
}

/** How long an application may take to go on with its work; this also holds for a run that was told to end. */
const endTimeout = 120_000;

/**
 * Does something while the application is at rest. Whatever happens, it is let go on: after a failure and a signal at once, after
 * a kill by the next run (`endInterruptedConsistency`). Throws `consistency-failed` where that does not succeed.
 */
export async function withConsistency<T>(request: ConsistencyRequest, action: () => Promise<T>): Promise<T> {
  const { consistency, environment, log, signal } = request;
  if (consistency === undefined) return await action();
  let token: string | undefined;
  const record = async (value: string) => {
    token = value;
    const path = recordPath(request);
    await mkdir(dirname(path), { recursive: true, mode: 0o750 });
    await writeFileAtomically(path, `${value}\n`, { mode: 0o600 });
  };
  const end = async (succeeded: boolean) => {
    if (token !== undefined) await endRecorded(request, consistency, { token, succeeded });
  };
  let result: T;
  try {
    log.info(`beginning ${consistency.title}`);
    await consistency.begin({ environment, log, signal, record });
    result = await action();
  } catch (error) {
    await end(false).catch((second: unknown) => {
      log.error(errorMessage(error));
      throw second;
    });
    throw error;
  }
  await end(true);
  return result;
}

/** Ends what a run that was killed has left. To be called under the application's lock, before anything is read. */
export async function endInterruptedConsistency(request: ConsistencyRequest): Promise<void> {
  const token = await readRecord(recordPath(request));
  if (token === undefined) return;
  const { application, consistency, log } = request;
  if (consistency === undefined) {
    throw new OperationError(
      "consistency-failed",
      `a run that was killed has left ${application} at rest, and the configuration no longer says how it is let go on`,
      { hint: `let it go on by hand, then: rm ${recordPath(request)}` },
    );
  }
  log.warn(`a run that was killed has left ${application} in ${consistency.title}: ending it`);
  await endRecorded(request, consistency, { token, succeeded: false });
}

async function endRecorded(
  request: ConsistencyRequest,
  consistency: Consistency,
  { token, succeeded }: { token: string; succeeded: boolean },
): Promise<void> {
  const { environment, log } = request;
  try {
    await consistency.end(token, { environment, log, signal: AbortSignal.timeout(endTimeout), succeeded });
    await rm(recordPath(request), { force: true });
    log.info(`ended ${consistency.title}`);
  } catch (error) {
    throw new OperationError(
      "consistency-failed",
      `${request.application} is still in ${consistency.title}: ${errorMessage(error)}`,
      { hint: `end it by hand: ${consistency.byHand(token)}`, cause: error },
    );
  }
}

async function readRecord(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim() || undefined;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function recordPath({ stateDirectory, application }: ConsistencyRequest): string {
  return join(stateDirectory, "consistency", application);
}
