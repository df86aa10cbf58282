import { expect, it } from "vitest";
import { readRetryAfter } from "./retry-after.ts";

const now = new Date("2026-11-23T02:00:00Z");

it.each([
  ["seconds", { "retry-after": "120" }, "", 120_000],
  ["a date", { "retry-after": "Mon, 23 Nov 2026 02:00:30 GMT" }, "", 30_000],
  ["a date that is over", { "retry-after": "Mon, 23 Nov 2026 01:00:00 GMT" }, "", 0],
  ["what is no figure", { "retry-after": "soon" }, "", undefined],
  ["Discord's body", {}, '{"message": "…", "retry_after": 0.75, "global": false}', 750],
  ["Telegram's body", {}, '{"ok": false, "parameters": {"retry_after": 7}}', 7_000],
  ["Matrix' body", {}, '{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2000}', 2_000],
  ["a figure below zero", {}, '{"retry_after": -1}', undefined],
  ["a body that is no JSON", {}, "<html>", undefined],
  ["a body that is no mapping", {}, "null", undefined],
] as const)("understands %s", (_, headers, text, expected) => {
  expect(readRetryAfter(headers, text, now)).toBe(expected);
});
