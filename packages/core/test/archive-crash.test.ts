import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createRandomBytes } from "@catapullt/testkit/random";
import { createTemporaryDirectory, temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyArchive } from "../archive/verify.ts";
import { removeLeftovers } from "../archive/writer.ts";
import { writeSampleArchive } from "./archive-fixture.ts";
import { startWriting } from "./archive-process.ts";

const dumpBytes = 60_000_000;
const instants = 12;
let root: string;
let runTime: number;
const shared = createTemporaryDirectory("crash");
afterAll(shared.remove);

beforeAll(async () => {
  root = join(shared.path, "root");
  mkdirSync(root);
  for (let index = 0; index < 40; index += 1)
    writeFileSync(join(root, `${index}`), createRandomBytes(index)(1_000_000));
  const startedAt = performance.now();
  const { exitCode } = await startWriting({ directory: join(shared.path, "whole"), root, dumpBytes }).result;
  expect(exitCode).toBe(0);
  runTime = performance.now() - startedAt;
});

test.each(Array.from({ length: instants }, (_, index) => index))(
  "leaves nothing that looks finished and is wrong when it is killed at instant %i of 12",
  async (instant) => {
    const directory = join(temporaryDirectory(), "archives");
    const writing = startWriting({ directory, root, dumpBytes });
    await delay((runTime * (instant + 1)) / (instants + 1));
    writing.kill("SIGKILL");
    await writing.result;
    mkdirSync(directory, { recursive: true });
    const finished = readdirSync(directory).filter((name) => name.endsWith(".sha1"));
    for (const name of finished) await verifyArchive(join(directory, name.replace(/\.sha1$/, "")));
    await removeLeftovers(directory, "wiki");
    expect(readdirSync(directory)).toHaveLength(2 * finished.length);
    const next = await writeSampleArchive(directory);
    await verifyArchive(next.path);
  },
);

test("removes the leftovers of a killed run, and no other file", async () => {
  const directory = join(temporaryDirectory(), "archives");
  const writing = startWriting({ directory, root, dumpBytes: 10_000_000_000 });
  await untilSomethingIsIn(directory);
  writing.kill("SIGKILL");
  await writing.result;
  const others = [
    ".other_20261123T020000Z.tar.zst.part",
    "other_20261123T020000Z.tar.zst",
    "wiki.tar.zst",
    ".wiki.part",
    "notes",
  ];
  for (const name of others) writeFileSync(join(directory, name), name);
  const removed = await removeLeftovers(directory, "wiki");
  expect(removed).toEqual([".wiki_20261123T020000Z.tar.zst.part"]);
  expect(readdirSync(directory).sort()).toEqual(others.sort());
  for (const name of others) expect(readFileSync(join(directory, name), "utf8")).toBe(name);
});

async function untilSomethingIsIn(directory: string): Promise<void> {
  while (!existsSync(directory) || readdirSync(directory).length === 0) await delay(5);
}
