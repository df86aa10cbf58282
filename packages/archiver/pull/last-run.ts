import { OperationError } from "@catapullt/core/errors";
import { escapeControls } from "@catapullt/core/printable";
import { type LastRun, lastRunFile, lastRunSchema, lastRunSizeLimit } from "@catapullt/core/report/last-run";
import type { Remote } from "../remote/remote.ts";

/**
 * What the agent's last backup of an application left at its host; null where it left nothing, or nothing that can be read
 * and understood. Its texts hold no control characters. Fails only where the connection is lost.
 */
export async function readLastRun(remote: Remote, application: string): Promise<LastRun | null> {
  try {
    const text = await readText(remote, application);
    const parsed = text === undefined ? undefined : lastRunSchema.safeParse(JSON.parse(text)).data;
    return parsed?.application === application ? printable(parsed) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (error instanceof OperationError && error.code !== "connection-lost") return null;
    throw error;
  }
}

async function readText(remote: Remote, application: string): Promise<string | undefined> {
  const path = { application, name: lastRunFile };
  if ((await remote.look(path)) === undefined) return undefined;
  const file = await remote.open(path);
  try {
    if (file.bytes > lastRunSizeLimit) return undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of file.read(0, file.bytes)) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    await file.close();
  }
}

function printable(lastRun: LastRun): LastRun {
  const { archive, failure } = lastRun;
  return {
    ...lastRun,
    archive: archive === null ? null : escapeControls(archive),
    failure: failure === null ? null : { code: escapeControls(failure.code), message: escapeControls(failure.message) },
  };
}
