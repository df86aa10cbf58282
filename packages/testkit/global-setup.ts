import { setTimeout as delay } from "node:timers/promises";
import { hasErrorCode } from "@catapullt/core/errors";
import { ensureSystemPrograms, type SystemProgram, systemPrograms } from "./system-packages.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

const attempts = 20;
const pause = 250;

let compiled: ReturnType<typeof createTemporaryDirectory> | undefined;

/**
 * Runs once before all tests. No test is skipped because a server is missing. Tests start the programs thousands of
 * times: what Node has compiled once is kept for the time of the run.
 */
export async function setup(): Promise<void> {
  await ensureSystemPrograms(Object.keys(systemPrograms) as SystemProgram[]);
  compiled = createTemporaryDirectory("compiled");
  process.env.NODE_COMPILE_CACHE = compiled.path;
}

/** A program that a test left to end by itself may still write there what it has compiled. */
export async function teardown(): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return compiled?.remove();
    } catch (error) {
      if (attempt === attempts || !hasErrorCode(error, "ENOTEMPTY")) throw error;
      await delay(pause);
    }
  }
}
