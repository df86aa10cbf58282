import { expect, it } from "vitest";
import { messages } from "../test/transport-fixtures.ts";
import { withNotes } from "./notes.ts";

it("says first what became known only when a message was sent, in all its forms", () => {
  const { text, html, content, notes, id, subject } = withNotes(messages.failure, ["It is <late>."]);
  expect(text).toMatch(/^FAILED: .*\n.*\n\nPlease note\n-+\n\* It is <late>\.\n\nWhat failed\n/);
  expect(html).toContain("It is &lt;late&gt;.");
  expect([content.sections[0]?.title, notes]).toEqual(["Please note", ["It is <late>."]]);
  expect([id, subject]).toEqual([messages.failure.id, messages.failure.subject]);
});

it("says all in one place, the newest first, and nothing where there is nothing to say", () => {
  const twice = withNotes(withNotes(messages.failure, ["older"]), ["newer"]);
  expect(twice.text.match(/Please note/g)).toHaveLength(1);
  expect(twice.notes).toEqual(["newer", "older"]);
  expect(twice.content.sections.slice(1)).toEqual(messages.failure.content.sections);
  expect(withNotes(twice, [])).toBe(twice);
});
