import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isApplicationName } from "@catapullt/core/archive/name";
import { writeFileAtomically } from "@catapullt/core/atomic-file";
import { Shutdown } from "@catapullt/core/cli/shutdown";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import type { Logger } from "@catapullt/core/log/logger";
import { redact } from "@catapullt/core/log/redaction";
import { escapeControls } from "@catapullt/core/printable";
import { type LastRun, lastRunFile, lastRunSchema, lastRunSchemaVersion } from "@catapullt/core/report/last-run";
import { type AgentConfig, defaultWorkDirectory } from "../config/schema.ts";
import { resolveGroup } from "./group.ts";

/**
 * Leaves beside an application's archives how its last backup went, for who fetches them; only where the application's
 * directory exists. A trace that cannot be written never changes the run's result.
 */
export interface RunTrace {
  /** May be called again once the directory has been prepared. */
  begun(): Promise<void>;
  /** Whether the run has begun: it then notes its own end, while it holds the lock. */
  hasBegun(): boolean;
  succeeded(archive: { name: string; bytes: number }): Promise<void>;
  /** Nothing for a run that did not begin, since another one holds the lock. */
  failed(error: unknown): Promise<void>;
}

export interface RunTraceOptions {
  application: string;
  config: Pick<AgentConfig, "workDir" | "archiveGroup">;
  startedAt: Date;
  log: Logger;
}

const fileMode = 0o640;
const messageBytes = 2048;

export function createRunTrace({ application, config, startedAt, log }: RunTraceOptions): RunTrace {
  const directory = join(config.workDir ?? defaultWorkDirectory, application);
  const path = join(directory, lastRunFile);
  let archive: string | null = null;
  let newestBytes: number | null | undefined;
  let hasBegun = false;

  async function write(outcome: Pick<LastRun, "state" | "failure">): Promise<void> {
    if (!isApplicationName(application)) return; // it would name another place
    newestBytes ??= (await readLastRun(directory))?.newestBytes ?? null;
    const endedAt = outcome.state === "running" ? null : new Date().toISOString();
    const lastRun: LastRun = {
      schemaVersion: lastRunSchemaVersion,
      application,
      state: outcome.state,
      startedAt: startedAt.toISOString(),
      endedAt,
      archive,
      newestBytes,
      failure: outcome.failure,
    };
    try {
      const group = await resolveGroup(config.archiveGroup).catch(() => undefined); // the run itself fails of it
      await writeFileAtomically(path, `${JSON.stringify(lastRun)}\n`, { mode: fileMode, group });
    } catch (error) {
      const message = `how this run went could not be noted in ${path}: ${errorMessage(error)}`;
      if (hasErrorCode(error, "ENOENT", "ENOTDIR")) log.debug(message);
      else log.warn(message);
    }
  }

  return {
    begun() {
      hasBegun = true;
      return write({ state: "running", failure: null });
    },
    hasBegun: () => hasBegun,
    succeeded({ name, bytes }) {
      archive = name;
      newestBytes = bytes;
      return write({ state: "succeeded", failure: null });
    },
    async failed(error) {
      if (error instanceof OperationError && error.code === "locked") return;
      await write({ state: "failed", failure: describeFailure(error) });
    },
  };
}

/** What the last run left in an application's directory; undefined where there is nothing that can be read and understood. */
export async function readLastRun(directory: string): Promise<LastRun | undefined> {
  try {
    return lastRunSchema.safeParse(JSON.parse(await readFile(join(directory, lastRunFile), "utf8"))).data;
  } catch (error) {
    if (error instanceof SyntaxError || hasErrorCode(error, "ENOENT", "ENOTDIR", "EACCES", "EISDIR", "EIO"))
      return undefined;
    throw error;
  }
}

function describeFailure(error: unknown): LastRun["failure"] {
  if (error instanceof Shutdown) return { code: "ended", message: error.message };
  const code = error instanceof OperationError ? error.code : "unexpected";
  return { code, message: oneLine(errorMessage(error)) };
}

// Masked as a whole before it is cut, or a part of a secret could stay.
function oneLine(text: string): string {
  const bytes = Buffer.from(escapeControls(redact(text)));
  if (bytes.length <= messageBytes) return bytes.toString("utf8");
  const end = "…";
  const kept = bytes.subarray(0, messageBytes - Buffer.byteLength(end)).toString("utf8");
  return `${kept.replace(/\uFFFD$/, "")}${end}`;
}
