import { expect, test } from "vitest";
import { parseHistoryArguments } from "./options.ts";

const day = 86_400_000;

test.each([
  [{}, { application: undefined, since: undefined, output: { kind: "table" } }],
  [
    { json: true, since: "90d" },
    { since: 90 * day, output: { kind: "table" } },
  ],
  [
    { csv: true, application: "wiki" },
    { application: "wiki", output: { kind: "csv" } },
  ],
  [{ prometheus: "x/b.prom", json: false }, { output: { kind: "prometheus", file: "x/b.prom" } }],
])("understands %j", (given, expected) => {
  expect(parseHistoryArguments(given)).toMatchObject(expected);
});

test.each([
  [{ json: true, csv: true }, "--json and --csv do not go together"],
  [{ json: true, prometheus: "b.prom" }, "--json and --prometheus do not go together"],
  [{ csv: true, prometheus: "b.prom" }, "--csv and --prometheus do not go together"],
  [{ json: true, csv: true, prometheus: "b.prom" }, "--json and --csv and --prometheus do not go together"],
  [{ prometheus: "b.prom", since: "90d" }, "--since and --prometheus do not go together"],
  [{ since: "2026-01-01" }, '--since "2026-01-01" is not understood'],
  [{ since: "90" }, '--since "90" is not understood'],
  [{ since: "" }, '--since "" is not understood'],
  [{ since: "-5d" }, '--since "-5d" is not understood'],
  [{ prometheus: "backups.txt" }, '--prometheus "backups.txt" does not end in .prom'],
  [{ prometheus: "/var/lib/node/.prom" }, '--prometheus "/var/lib/node/.prom" does not end in .prom'],
  [{ prometheus: "" }, '--prometheus "" does not end in .prom'],
  [{ prometheus: "b.prom/" }, '--prometheus "b.prom/" does not end in .prom'],
])("refuses %j", (given, message) => {
  expect(() => parseHistoryArguments(given)).toThrow(
    expect.objectContaining({ code: "usage-invalid", message, hint: expect.any(String) }),
  );
});
