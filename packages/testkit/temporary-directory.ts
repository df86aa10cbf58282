import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A fresh directory that goes away when the current test ends, however it ends. Call it inside a test or a hook's test. */
export function temporaryDirectory(prefix = "test"): string {
  const { path, remove } = createTemporaryDirectory(prefix);
  onTestFinished(remove);
  return path;
}

/** The same for code that says itself when the directory goes away: `beforeAll`, the demo, benchmarks. */
export function createTemporaryDirectory(prefix: string): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `backup-tools-${prefix}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}
