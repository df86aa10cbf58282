import { expect, test } from "vitest";
import { exitCodes, signalExitCode } from "./exit-codes.ts";

test("has the codes that cron lines and monitoring depend on", () => {
  expect(exitCodes).toEqual({ done: 0, failed: 1, usage: 2, locked: 4 });
});

test.each([
  ["SIGHUP", 129],
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("gives %s the shell's code %d", (signal, code) => {
  expect(signalExitCode(signal)).toBe(code);
});
