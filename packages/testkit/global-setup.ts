import { ensureSystemPrograms, type SystemProgram, systemPrograms } from "./system-packages.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

let compiled: ReturnType<typeof createTemporaryDirectory> | undefined;

/**
 * Runs once before all tests. No test is skipped because a server is missing. Tests start the programs hundreds of times
 * from source: what Node has compiled once is kept for the time of the run.
 */
export async function setup(): Promise<void> {
  await ensureSystemPrograms(Object.keys(systemPrograms) as SystemProgram[]);
  compiled = createTemporaryDirectory("compiled");
  process.env.NODE_COMPILE_CACHE = compiled.path;
}

export function teardown(): void {
  compiled?.remove();
}
