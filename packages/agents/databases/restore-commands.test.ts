import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { tarMembers } from "./restore-commands.ts";

test("finds all parts of one dump in their order, and nothing of another", () => {
  const directory = temporaryDirectory("tar");
  mkdirSync(join(directory, "database"));
  const files = ["wiki*[1].sql.0001", "wiki*[1].sql.0002", "wiki2.sql", "wiki1.sql"].map((name) => `database/${name}`);
  for (const file of files) writeFileSync(join(directory, file), `${file}\n`);
  execFileSync("tar", ["-cf", "archive.tar", ...files], { cwd: directory });
  const extract = (members: string) =>
    execFileSync("sh", ["-c", `tar -xOf archive.tar ${members}`], { cwd: directory, encoding: "utf8" });
  expect(extract(tarMembers({ member: "database/wiki*[1].sql", alone: false }))).toBe(
    "database/wiki*[1].sql.0001\ndatabase/wiki*[1].sql.0002\n",
  );
  expect(extract(tarMembers({ member: "database/wiki2.sql", alone: false }))).toBe("database/wiki2.sql\n");
  expect(extract(tarMembers({ member: "database/wiki2.sql", alone: true }))).toBe(`${files.join("\n")}\n`);
});
