import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { findAgent } from "./agent.ts";

function putProgram(directory: string, name = "backup-agent"): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, name);
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, 0o755);
  return path;
}

test("finds backup-agent on the search path first, then beside archiver, then beside what a link to it leads to", async () => {
  const root = temporaryDirectory("agent");
  const [path, links, home] = ["path", "links", "home"].map((name) => join(root, name)) as [string, string, string];
  const own = join(links, "archiver");
  mkdirSync(links);
  symlinkSync(putProgram(home, "archiver"), own);
  await expect(findAgent({ PATH: path }, own)).rejects.toMatchObject({ code: "tool-missing" });
  const beside = putProgram(home);
  expect(await findAgent({ PATH: path }, own)).toBe(beside);
  const besideLink = putProgram(links);
  expect(await findAgent({}, own)).toBe(besideLink);
  const onPath = putProgram(path);
  expect(await findAgent({ PATH: path }, own)).toBe(onPath);
});
