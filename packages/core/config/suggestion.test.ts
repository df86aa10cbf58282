import { expect, test } from "vitest";
import { didYouMean, suggest } from "./suggestion.ts";

const keys = ["workDir", "retention", "compression", "host"];

test.each([
  ["compresion", "compression"],
  ["work_dir", "workDir"],
  ["work-dir", "workDir"],
  ["WORKDIR", "workDir"],
  ["hots", "host"],
])("takes %j for %j", (typed, meant) => {
  expect(suggest(typed, keys)).toBe(meant);
});

test("takes exchanged letters for the likelier slip", () => {
  expect(suggest("form", ["port", "from"])).toBe("from");
});

test("suggests nothing where no candidate is near", () => {
  expect(suggest("transports", keys)).toBeUndefined();
  expect(suggest("x", ["ab"])).toBeUndefined();
  expect(didYouMean("transports", keys)).toBe("");
});

test("puts the suggestion in words", () => {
  expect(didYouMean("hots", keys)).toBe(' (did you mean "host"?)');
});
