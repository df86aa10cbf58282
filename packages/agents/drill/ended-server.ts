import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { OperationError } from "@catapullt/core/errors";
import type { ThrowawayServer } from "../databases/engine.ts";

/** How long after a client's error the server's end may show, in milliseconds. */
const patience = 1_000;
const shownLog = 2_000;

/** Throws `drill-failed` where an error comes from a throwaway server that is gone: it tells nothing about the archive. */
export async function refuseEndedServer(
  error: OperationError,
  { title, process }: Pick<ThrowawayServer, "title" | "process">,
): Promise<void> {
  if (process === undefined) return;
  const isGone = await Promise.race([process.ended.then(() => true), delay(patience, false)]);
  if (!isGone) return;
  const printed = await readFile(process.log, "utf8");
  throw new OperationError(
    "drill-failed",
    `the throwaway server, ${title}, ended while the drill used it: ${error.message}\nit printed at last:\n${printed.slice(-shownLog).trim()}`,
    {
      hint: "this says nothing about the archive: see `journalctl -k` for the kernel's out-of-memory killer, and hold the drill again",
      cause: error,
    },
  );
}
