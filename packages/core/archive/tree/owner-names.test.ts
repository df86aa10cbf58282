import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { readOwnerNames } from "./owner-names.ts";

test("reads the first name of each number and ignores broken lines", () => {
  const directory = temporaryDirectory();
  writeFileSync(
    join(directory, "passwd"),
    "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n# comment\nwiki:x:1000:1001::/:/bin/sh\nbad:x\n",
  );
  writeFileSync(join(directory, "group"), "backup:x:34:\n+::::\n");
  const names = readOwnerNames(directory);
  expect([names.user(0), names.user(1000), names.user(5), names.group(34), names.group(0)]).toEqual([
    "root",
    "wiki",
    "",
    "backup",
    "",
  ]);
});

test("knows no names where there are no lists", () => {
  expect(readOwnerNames(temporaryDirectory()).user(0)).toBe("");
});
