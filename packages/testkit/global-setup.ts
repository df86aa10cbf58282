import { ensureSystemPrograms, type SystemProgram, systemPrograms } from "./system-packages.ts";

/** Runs once before all tests: no test is skipped because a server is missing. */
export async function setup(): Promise<void> {
  await ensureSystemPrograms(Object.keys(systemPrograms) as SystemProgram[]);
}
