import { expect, test } from "vitest";
import type { AssessedApplication } from "../health/assess.ts";
import { companyFacts } from "../pictures/sample-facts.ts";
import { compareApplications, severityOfApplication } from "./severity.ts";

const [sample] = companyFacts().applications;

function application(
  state: AssessedApplication["state"],
  more: Partial<AssessedApplication> = {},
): AssessedApplication {
  return { ...(sample as AssessedApplication), state, isExpected: true, ...more };
}

test("puts the worst first, then what nobody expects, then by name", () => {
  const sorted = [
    application("ok", { host: "b" }),
    application("ok", { host: "a" }),
    application("ok", { host: "z", isExpected: false }),
    application("grown"),
    application("stale"),
    application("missing"),
  ].sort(compareApplications);
  expect(sorted.map(({ state, host, isExpected }) => (state === "ok" ? `${host} ${isExpected}` : state))).toEqual([
    "missing",
    "stale",
    "grown",
    "z false",
    "a true",
    "b true",
  ]);
});

test.each([
  ["missing", true, "bad"],
  ["shrunk", false, "bad"],
  ["unproven", true, "warn"],
  ["ok", true, "ok"],
  ["ok", false, "none"],
] as const)("finds %s (expected: %s) %s", (state, isExpected, severity) => {
  expect(severityOfApplication({ state, isExpected })).toBe(severity);
});
