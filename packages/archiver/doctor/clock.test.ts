import { expect, test } from "vitest";
import { tellClock } from "./clock.ts";
import { createLines } from "./line.ts";

test.each([
  [0.7, "ok", "the host's clock is right"],
  [-30, "ok", "the host's clock is 30 s behind"],
  [-3_600, "warn", "the host's clock is 1 h behind"],
  [90, "warn", "the host's clock is 1 min 30 s ahead"],
])("a clock that is off by %d s: %s", (offset, status, message) => {
  const out = createLines("wiki01");
  tellClock(offset, { limit: 60_000, out });
  expect(out.lines).toMatchObject([{ host: "wiki01", check: "clock", status, message }]);
});

test("says nothing where nobody knows", () => {
  const out = createLines("wiki01");
  tellClock(undefined, { limit: 60_000, out });
  expect(out.lines).toEqual([]);
});
