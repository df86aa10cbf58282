import { expect, it } from "vitest";
import { outcome } from "../test/transport-fixtures.ts";
import { nameTrouble } from "./trouble.ts";

const failed = { state: "failure", ending: { kind: "exited", exitCode: 1 } } as const;
const report = outcome().report;

it("is nothing where all went well", () => {
  expect(nameTrouble(outcome())).toBeUndefined();
});

it("is the same for runs that end in the same way, whatever they say, and another for others", () => {
  const failures = (...codes: string[]) =>
    report && { ...report, failures: codes.map((code) => ({ code, message: String(Math.random()) })) };
  expect(nameTrouble(outcome({ ...failed, report: undefined }))).toBe("failure, exit code 1");
  expect(nameTrouble(outcome({ ...failed, report: failures("dump-failed", "access-denied", "dump-failed") }))).toBe(
    "failure, exit code 1, access-denied, dump-failed",
  );
  expect(nameTrouble(outcome({ state: "failure", ending: { kind: "timed-out", limit: 1 }, report: undefined }))).toBe(
    "failure, timed out",
  );
  expect(nameTrouble(outcome({ state: "warning" }))).toBe("warning, exit code 0");
});
