import { expect, test } from "vitest";
import { nextBytes } from "./next-archives.ts";

const archive = (application: string, day: number, bytes: number) => ({
  host: "wiki01",
  application,
  name: `${application}_202611${day}T020000Z.tar.zst`,
  bytes,
  sha1: undefined,
});

test("adds up the newest archive of each application", () => {
  expect(
    nextBytes([archive("wiki", 23, 5), archive("wiki", 24, 7), archive("wiki", 22, 9), archive("jira", 10, 100)]),
  ).toBe(107);
  expect(nextBytes([])).toBe(0);
});
