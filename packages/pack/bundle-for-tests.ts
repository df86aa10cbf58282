import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { bundle } from "./bundle.ts";
import { packedPrograms, repository } from "./programs.ts";

let directory: string | undefined;

/**
 * Runs once before all tests: they start the programs thousands of times, and do so as hosts have them, which takes half
 * of what the source tree does. While tests are watched, and with `TEST_PROGRAMS=source`, they run what stands in the source.
 */
export async function setup({ config }: TestProject): Promise<void> {
  if (config.watch || process.env.TEST_PROGRAMS === "source") return;
  const cache = fileURLToPath(new URL("node_modules/.cache", repository));
  mkdirSync(cache, { recursive: true });
  directory = mkdtempSync(join(cache, "programs-"));
  chmodSync(directory, 0o755);
  // As in the packages; without it Node would look into each file for what it is.
  writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module" }));
  for (const program of packedPrograms) {
    const manifest = new URL(`packages/${program.folder}/package.json`, repository);
    const { version } = JSON.parse(readFileSync(manifest, "utf8"));
    const place = join(directory, program.folder);
    const { entry } = await bundle(program, { directory: place, version });
    chmodSync(join(place, entry), 0o755);
  }
  process.env.TEST_PROGRAMS = directory;
}

export function teardown(): void {
  if (directory !== undefined) rmSync(directory, { recursive: true });
}
