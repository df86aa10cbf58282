import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import {
  createRecorder,
  describeUnfinished,
  type RestoreRecord,
  readUnfinished,
  removeUnfinishedDumps,
} from "./unfinished.ts";

function recorderIn(directory: string, previous?: RestoreRecord) {
  const record = {
    archive: "/srv/a.tar.zst",
    stamp: "20261123T020000Z",
    trees: [join(directory, "home")],
    keepDirectory: join(directory, "kept"),
  };
  return createRecorder({ stateDirectory: directory, application: "wiki", record, previous });
}

test("names what was being loaded, and what old content is kept, until the restore ends", async () => {
  const directory = temporaryDirectory("record");
  const recorder = recorderIn(directory);
  await recorder.begin();
  expect(await describeUnfinished(directory, "wiki")).toEqual([
    expect.stringMatching(
      /^a restore of \/srv\/a\.tar\.zst that began at 20261123T020000Z did not come to its end; .*rm /,
    ),
  ]);
  await recorder.loading("mariadb database wiki");
  mkdirSync(join(directory, "home.before-restore-20261123T020000Z"));
  mkdirSync(join(directory, "kept"));
  for (const name of ["wiki.sql.zst", "other.sql.zst.part"]) writeFileSync(join(directory, "kept", name), "");
  const [half, ...kept] = await describeUnfinished(directory, "wiki");
  expect(half).toContain("what is in mariadb database wiki may be half of that archive's dump");
  expect(kept).toEqual([
    `that restore kept old content in ${directory}/home.before-restore-20261123T020000Z`,
    `that restore kept old content in ${directory}/kept/wiki.sql.zst`,
  ]);
  await recorder.end();
  expect(await describeUnfinished(directory, "wiki")).toEqual([]);
});

test("half a database stays on record until that one is loaded, whatever else is restored", async () => {
  const directory = temporaryDirectory("record");
  const killed = recorderIn(directory);
  await killed.begin();
  await killed.loading("wiki");
  const filesAlone = recorderIn(directory, await readUnfinished(directory, "wiki"));
  await filesAlone.begin();
  expect((await readUnfinished(directory, "wiki"))?.databases).toEqual(["wiki"]);
  await filesAlone.end();
  expect((await readUnfinished(directory, "wiki"))?.databases).toEqual(["wiki"]);
  const again = recorderIn(directory, await readUnfinished(directory, "wiki"));
  await again.begin();
  await again.loading("wiki");
  await again.end();
  expect(await readUnfinished(directory, "wiki")).toBeUndefined();
});

test("removes dumps of old content that were not finished, and no other", async () => {
  const directory = temporaryDirectory("record");
  const keepDirectory = join(directory, "kept");
  const record = { archive: "a", stamp: "s", databases: [], trees: [], keepDirectory };
  expect(await removeUnfinishedDumps(record)).toEqual([]);
  mkdirSync(keepDirectory);
  for (const name of ["a.sql.zst", "b.sql.zst.part"]) writeFileSync(join(keepDirectory, name), "");
  expect(await removeUnfinishedDumps(record)).toEqual([join(keepDirectory, "b.sql.zst.part")]);
  expect(readdirSync(keepDirectory)).toEqual(["a.sql.zst"]);
});

test("a record that cannot be understood is none", async () => {
  const directory = temporaryDirectory("record");
  mkdirSync(join(directory, "restores"));
  for (const content of ["", "{", "[]", '{"archive":1}']) {
    writeFileSync(join(directory, "restores", "wiki.json"), content);
    expect(await readUnfinished(directory, "wiki")).toBeUndefined();
  }
});
