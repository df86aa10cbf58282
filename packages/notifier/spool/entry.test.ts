import { describe, expect, it } from "vitest";
import { hostileMessage, messages } from "../test/transport-fixtures.ts";
import { formatEntry, parseEntry, type SpoolEntry } from "./entry.ts";
import { entryFileName, parseFileName } from "./file-name.ts";

const entry: SpoolEntry = {
  identity: "smtp-0123456789abcdef",
  type: "smtp",
  events: ["failure"],
  message: messages.failure,
  queuedAt: new Date("2026-11-23T02:03:05.678Z"),
  tries: 2,
  lastFailure: { at: new Date("2026-11-23T03:00:00Z"), problem: "it does not answer", isTransient: true },
  sender: { host: "h", boot: "b", namespace: "n", process: 1, startedAt: "2" },
};

describe("parseEntry", () => {
  it.each([
    entry,
    { ...entry, lastFailure: undefined, sender: undefined },
    { ...entry, message: messages.test },
    { ...entry, message: hostileMessage },
  ])("reads what was written", (written) => {
    expect(parseEntry(formatEntry(written))).toEqual(written);
  });

  it.each<[string, (text: string) => string]>([
    ["an empty file", () => ""],
    ["a file that was cut off", (text) => text.slice(0, -20)],
    ["no JSON object", () => "[]"],
    ["a text that is not the one that was written", (text) => text.replace("wiki01", "wiki02")],
    ["a newer version's entry", (text) => text.replace('"schemaVersion":1', '"schemaVersion":2')],
    ["a field that nobody knows", (text) => text.replace('"tries":2', '"tries":2,"more":1')],
    ["a state of another kind", (text) => text.replace('"events":["failure"]', '"events":["disaster"]')],
    ["an identity that would lead elsewhere", (text) => text.replace("smtp-0123456789abcdef", "../../x")],
  ])("takes nothing from %s", (_, damage) => {
    const damaged = damage(formatEntry(entry));
    expect(damaged).not.toBe(formatEntry(entry));
    expect(parseEntry(damaged)).toBeUndefined();
  });
});

describe("a file's name", () => {
  it("says when, whether it is a success, and for whom", () => {
    expect(parseFileName(entryFileName(entry))).toEqual({
      name: entryFileName(entry),
      queuedAt: entry.queuedAt,
      isSuccess: false,
      identity: entry.identity,
    });
    expect(parseFileName(entryFileName({ ...entry, message: messages.success }))?.isSuccess).toBe(true);
  });

  it("is in the order of time", () => {
    const names = [0, 1, 999, 1_000, 86_400_000].map((more) =>
      entryFileName({ ...entry, queuedAt: new Date(entry.queuedAt.getTime() + more) }),
    );
    expect([...names].sort()).toEqual(names);
  });

  it.each([
    "given-up.json",
    "x.json",
    ".20261123T020305678Z.failure.a.smtp-1.json.part",
    "20269923T020305678Z.failure.a.smtp-1.json",
  ])("is not %s", (name) => {
    expect(parseFileName(name)).toBeUndefined();
  });
});
