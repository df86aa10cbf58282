import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { createStages, isStageName, removeAbandonedStages } from "./stage.ts";

const stamp = "20261123T020000Z";

/** A stage as this process makes it, whose owner is then changed. */
async function stageOf(changes: Record<string, unknown>): Promise<{ parent: string; stage: string }> {
  const parent = temporaryDirectory("stages");
  const stage = await createStages(stamp).in(parent);
  const file = join(stage, ".owner");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...changes }));
  return { parent, stage };
}

test.each([
  { title: "this process", changes: {} },
  { title: "another host", changes: { host: "elsewhere", boot: "another" } },
  { title: "another container, whose processes cannot be seen", changes: { namespace: "pid:[1]", startedAt: "1" } },
])("a stage of $title stays", async ({ changes }) => {
  const { parent, stage } = await stageOf(changes);
  writeFileSync(join(stage, "content"), "");
  expect(await removeAbandonedStages(parent)).toEqual([]);
  expect(existsSync(join(stage, "content"))).toBe(true);
});

test.each([
  { title: "a process that is gone", changes: { process: 2 ** 22 + 1 } },
  { title: "a process whose number another one has by now", changes: { startedAt: "1" } },
  { title: "this host before it was started anew", changes: { boot: "another" } },
])("a stage of $title is removed, also when it lies further up", async ({ changes }) => {
  const { parent, stage } = await stageOf(changes);
  const below = join(parent, "a", "b");
  mkdirSync(below, { recursive: true });
  expect(await removeAbandonedStages(below)).toEqual([stage]);
  expect(existsSync(stage)).toBe(false);
});

test("a stage that was made and not claimed is removed while it is empty, and never what only looks like one", async () => {
  const parent = temporaryDirectory("stages");
  const empty = join(parent, `.backup-agent-restore-${stamp}`);
  const full = join(parent, ".backup-agent-restore-20261123T020001Z");
  const other = join(parent, ".backup-agent-restore-mine");
  for (const path of [empty, full, other]) mkdirSync(path);
  writeFileSync(join(full, "somebody's"), "");
  writeFileSync(join(parent, ".backup-agent-restore-20261123T020002Z"), "a file");
  expect(await removeAbandonedStages(parent)).toEqual([empty]);
  expect([empty, full, other].map((path) => existsSync(path))).toEqual([false, true, true]);
  expect(isStageName(".backup-agent-restore-mine")).toBe(false);
});
