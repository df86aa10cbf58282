import { OperationError } from "@catapullt/core/errors";
import { reportSchema } from "@catapullt/core/report/schema";
import { expect, test } from "vitest";
import { failedRunReport } from "./run-report.ts";

const facts = {
  command: "backup",
  host: "wiki01",
  application: "wiki",
  startedAt: new Date("2026-11-23T02:00:00Z"),
  endedAt: new Date("2026-11-23T02:03:00Z"),
};

test("a failure carries its code and what to do", () => {
  const error = new OperationError("database-denied", "access denied", { hint: "set the password" });

  expect(reportSchema.parse(failedRunReport(facts, error))).toMatchObject({
    outcome: "failure",
    archives: [],
    failures: [{ code: "database-denied", message: "access denied", hint: "set the password" }],
  });
});

test("a failure that nobody foresaw is told all the same", () => {
  expect(failedRunReport(facts, new TypeError("x is undefined")).failures).toEqual([
    { code: "unexpected", message: "x is undefined" },
  ]);
});
