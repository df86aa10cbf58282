import { expect, it } from "vitest";
import { findProcess, identifyProcess } from "./process-identity.ts";
import { run } from "./run.ts";

it("knows a process that runs", async () => {
  expect(await findProcess(await identifyProcess(process.pid))).toBe("alive");
});

it("knows that a process is gone, also when its number was given out again or the host has started anew", async () => {
  const own = await identifyProcess(process.pid);
  const { output } = await run("sh", ["-c", "echo $$"], {});
  expect(await findProcess({ ...own, process: Number(output.toString()) })).toBe("gone");
  expect(await findProcess({ ...own, startedAt: "1" })).toBe("gone");
  expect(await findProcess({ ...own, boot: "another" })).toBe("gone");
});

it("says nothing of processes of other hosts and containers", async () => {
  const own = await identifyProcess(process.pid);
  expect(await findProcess({ ...own, host: "another", boot: "another" })).toBe("unknown");
  expect(await findProcess({ ...own, namespace: "pid:[1]", process: 1 })).toBe("unknown");
});
