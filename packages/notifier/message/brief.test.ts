import { describe, expect, it } from "vitest";
import { keepEnd, keepStart, renderBrief } from "./brief.ts";
import type { Content, Section } from "./content.ts";

const lines = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name} ${index}`);
const content = (...sections: Section[]): Content => ({
  badge: "FAILED",
  tone: "bad",
  headline: "a on b",
  summary: "exit code 1",
  sections,
});
const cost = (text: string) => text.length;

describe("renderBrief", () => {
  it("puts the log last, wherever it stands", () => {
    const log: Section = { kind: "log", title: "Output", lines: ["first", "last"] };
    const facts: Section = { kind: "facts", title: "The run", rows: [{ label: "Size", value: "1 GB" }] };
    expect(renderBrief(content(log, facts), { limit: 1_000, cost })).toEqual({
      body: "exit code 1\n\nThe run\n-------\nSize  1 GB",
      log: "| first\n| last",
    });
  });

  it("keeps what failed and the end of the log where both are too long", () => {
    const problems = lines("problem", 400).map((text) => ({ text, hint: undefined }));
    const sections: Section[] = [
      { kind: "problems", title: "What failed", problems },
      { kind: "log", title: "Output", lines: lines("line", 400) },
    ];
    const { body, log } = renderBrief(content(...sections), { limit: 500, cost });
    expect(body).toMatch(/^exit code 1\n\nWhat failed\n-+\nproblem 0\n[\s\S]*…$/);
    expect(log).toMatch(/^…\n\| line \d+\n[\s\S]*\n\| line 399$/);
    expect(body.length + log.length).toBeLessThanOrEqual(500);
    expect(log.length).toBeGreaterThan(180);
  });

  it("gives one part the space that the other leaves, up to what each may have", () => {
    const sections: Section[] = [{ kind: "log", title: "Output", lines: lines("line", 400) }];
    expect(renderBrief(content(...sections), { limit: 500, cost }).log.length).toBeGreaterThan(470);
    expect(renderBrief(content(...sections), { limit: 500, each: 100, cost }).log.length).toBeLessThanOrEqual(100);
  });

  it("has no log where there is none", () => {
    expect(renderBrief(content(), { limit: 100, cost })).toEqual({ body: "exit code 1", log: "" });
  });
});

describe("keepStart and keepEnd", () => {
  const fits = (limit: number) => (text: string) => Buffer.byteLength(text) <= limit;

  it.each([0, 1, 2, 3, 4, 5, 8, 12, 20, 40])("cut to at most %i bytes, never within a character", (limit) => {
    const text = "漢字💾💾\nlast 💾";
    for (const cut of [keepStart(text, fits(limit)), keepEnd(text, fits(limit))]) {
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit);
      expect(cut).toBe(Buffer.from(cut).toString("utf8"));
      expect(cut.isWellFormed()).toBe(true);
    }
  });

  it("leave alone what fits", () => {
    expect([keepStart("abc", fits(3)), keepEnd("abc", fits(3))]).toEqual(["abc", "abc"]);
  });
});
