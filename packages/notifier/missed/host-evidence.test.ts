import { mkdirSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, it } from "vitest";
import { gatherHostEvidence } from "./host-evidence.ts";

function processes(...names: string[]): string {
  const proc = temporaryDirectory("proc");
  writeFileSync(join(proc, "stat"), "cpu  1 2 3\nbtime 1795000000\nprocesses 7\n");
  for (const [index, name] of names.entries()) {
    mkdirSync(join(proc, String(index + 1)));
    writeFileSync(join(proc, String(index + 1), "comm"), `${name}\n`);
  }
  return proc;
}

it("knows when this host was started", async () => {
  const { startedAt } = await gatherHostEvidence();
  expect(Math.abs((startedAt?.getTime() ?? 0) - (Date.now() - uptime() * 1000))).toBeLessThan(5_000);
});

it.each([
  [["systemd", "sshd", "cron"], true],
  [["init", "crond"], true],
  [["systemd", "sshd", "crony"], false],
  [[], undefined],
])("sees of the processes %j whether cron runs: %s", async (names, hasCron) => {
  expect(await gatherHostEvidence(processes(...names))).toEqual({ startedAt: new Date(1_795_000_000_000), hasCron });
});

it("says of a host without a process file system that nothing is known", async () => {
  expect(await gatherHostEvidence("/nonexistent")).toEqual({ startedAt: undefined, hasCron: undefined });
});
