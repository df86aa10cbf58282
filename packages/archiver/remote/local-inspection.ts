import { lstat, open, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage } from "@catapullt/core/errors";
import type { Inspection, ProbeOutcome } from "./inspection.ts";
import { openLocalRemote } from "./local.ts";
import { probeName } from "./probe-name.ts";

/** A mounted work directory: whoever serves it may have a clock of its own. */
export async function openLocalInspection(path: string): Promise<Inspection> {
  const remote = await openLocalRemote(path);
  return {
    remote,
    probe: (application = "") => probe(join(path, application, probeName())),
    isSticky: async (application) => ((await stat(join(path, application))).mode & 0o1000) !== 0,
    powers: async () => [],
    close: () => remote.close(),
  };
}

async function probe(path: string): Promise<ProbeOutcome> {
  try {
    await (await open(path, "wx", 0o600)).close();
  } catch (error) {
    return { kind: "refused", reason: errorMessage(error) };
  }
  try {
    const { mtimeMs } = await lstat(path);
    await unlink(path);
    return { kind: "made", at: mtimeMs / 1000 };
  } catch {
    return { kind: "left", path };
  }
}
