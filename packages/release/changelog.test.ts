import type { VersionType } from "@changesets/types";
import { expect, test } from "vitest";
import { addRelease } from "./changelog.ts";

const title = "# Changelog\n\nWhat users notice, newest first.\n\n";

function changeset(summary: string, type: VersionType = "minor") {
  return { summary, releases: [{ name: "@catapullt/agents", type }] };
}

function release(...changesets: ReturnType<typeof changeset>[]) {
  return { version: "0.2.0", date: "2026-11-23", changesets };
}

test("a release takes over what was unreleased, in its order, and adds an entry per changeset", () => {
  const before = `${title}## Unreleased\n\n- One,\n  in two lines.\n- Two.\n\n## 0.1.0 (2026-01-02)\n\n- Old.\n`;
  expect(addRelease(before, release(changeset("Three.\n\nMore of it\nand more.\n")))).toBe(
    `${title}## 0.2.0 (2026-11-23)\n\n- One,\n  in two lines.\n- Two.\n- Three.\n\n  More of it\n  and more.\n\n## 0.1.0 (2026-01-02)\n\n- Old.\n`,
  );
});

test.each([
  ["nothing is unreleased", `${title}## 0.1.0 (2026-01-02)\n\n- Old.\n`, "\n\n## 0.1.0 (2026-01-02)\n\n- Old.\n"],
  ["the section is empty", `${title}## Unreleased\n`, "\n"],
  ["there is no release yet", title, "\n"],
])("a release is the first section where %s", (_, before, rest) => {
  expect(addRelease(before, release(changeset("New.")))).toBe(`${title}## 0.2.0 (2026-11-23)\n\n- New.${rest}`);
});

test("what asks most of users comes first, and a changeset without text adds nothing", () => {
  const changesets = [changeset("Fixed.", "patch"), changeset(""), changeset("New."), changeset("Other.", "major")];
  expect(addRelease(title, release(...changesets))).toBe(
    `${title}## 0.2.0 (2026-11-23)\n\n- Other.\n- New.\n- Fixed.\n`,
  );
});
