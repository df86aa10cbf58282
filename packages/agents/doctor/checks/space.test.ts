import { expect, test } from "vitest";
import { judgeSpace } from "./space.ts";

const gigabyte = 1e9;

test.each([
  ["plenty", { free: 10, newest: 2, trees: 5, staged: 0 }, "ok"],
  ["room for one and little more", { free: 2.1, newest: 2, trees: 5, staged: 0 }, "warning"],
  ["less than the last archive", { free: 1.9, newest: 2, trees: 5, staged: 0 }, "failure"],
  ["no room for the database's copy", { free: 2.9, newest: 2, trees: 5, staged: 1 }, "failure"],
  ["no archive yet, and less than a guess", { free: 4, newest: undefined, trees: 5, staged: 0 }, "warning"],
  ["no archive yet, and next to nothing", { free: 0.4, newest: undefined, trees: 5, staged: 0 }, "failure"],
  ["nothing, for nothing", { free: 0, newest: undefined, trees: 0, staged: 0 }, "failure"],
])("%s: %j", (_, { free, newest, trees, staged }, state) => {
  const facts = {
    place: "/work",
    free: free * gigabyte,
    newest: newest === undefined ? undefined : newest * gigabyte,
    estimate: { bytes: trees * gigabyte, isComplete: false },
    staged: staged * gigabyte,
  };
  expect(judgeSpace(facts)).toMatchObject([{ state }]);
});
