import { mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, onTestFinished, test } from "vitest";
import { acquireLock } from "./lock.ts";
import { start } from "./process/start.ts";

/** Another process that holds the lock until it is killed. */
async function holdElsewhere(directory: string, name: string): Promise<{ kill: () => Promise<void> }> {
  const script = `
    const { acquireLock } = await import(${JSON.stringify(new URL("./lock.ts", import.meta.url).href)});
    await acquireLock(${JSON.stringify(directory)}, ${JSON.stringify(name)});
    console.log("held");
    setInterval(() => {}, 1000);`;
  const controller = new AbortController();
  const holder = start(process.execPath, ["--input-type=module", "--eval", script], { signal: controller.signal });
  const kill = async () => {
    controller.abort();
    await holder.outcome;
  };
  onTestFinished(kill);
  const lines = createInterface({ input: holder.output });
  await new Promise((resolve) => lines.once("line", resolve));
  return { kill };
}

test("makes the directory and keeps others out of it", async () => {
  const directory = join(temporaryDirectory(), "state/locks");
  const lock = await acquireLock(directory, "wiki");
  expect(statSync(directory).mode & 0o777).toBe(0o750);
  lock.release();
});

test("is refused at once while it is held, with the holder's process", async () => {
  const directory = temporaryDirectory();
  const lock = await acquireLock(directory, "wiki");
  await expect(acquireLock(directory, "wiki")).rejects.toMatchObject({
    code: "locked",
    exitCode: 4,
    message: expect.stringMatching(new RegExp(`wiki\\.lock \\(process ${process.pid}, since 20.*Z\\)$`)),
  });
  lock.release();
});

test("can be taken again after it was released, also twice", async () => {
  const directory = temporaryDirectory();
  const lock = await acquireLock(directory, "wiki");
  lock.release();
  lock.release();
  (await acquireLock(directory, "wiki")).release();
});

test("does not hinder other locks", async () => {
  const directory = temporaryDirectory();
  const locks = [await acquireLock(directory, "wiki"), await acquireLock(directory, "jira")];
  for (const lock of locks) lock.release();
});

test("held by another process is refused, and free as soon as that process is gone, however it ended", async () => {
  const directory = temporaryDirectory();
  const holder = await holdElsewhere(directory, "wiki");
  await expect(acquireLock(directory, "wiki")).rejects.toMatchObject({ code: "locked" });
  await holder.kill();
  (await acquireLock(directory, "wiki")).release();
});

test("says who holds it only if that can be told", async () => {
  const directory = temporaryDirectory();
  const lock = await acquireLock(directory, "wiki");
  for (const content of ["", "{", "null"]) {
    writeFileSync(join(directory, "wiki.holder"), content);
    await expect(acquireLock(directory, "wiki")).rejects.toMatchObject({
      code: "locked",
      message: `another run holds the lock ${join(directory, "wiki.lock")}`,
    });
  }
  lock.release();
});

test("fails with the remedy where the directory cannot be used", async () => {
  const file = join(temporaryDirectory(), "file");
  writeFileSync(file, "");
  await expect(acquireLock(file, "wiki")).rejects.toMatchObject({
    code: "state-unusable",
    hint: expect.stringContaining("stateDir"),
  });
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "wiki.lock"));
  await expect(acquireLock(directory, "wiki")).rejects.toMatchObject({ code: "state-unusable" });
});

test("is not kept where the note of its holder cannot be written", async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "wiki.holder"));
  await expect(acquireLock(directory, "wiki")).rejects.toMatchObject({ code: "state-unusable" });
  rmdirSync(join(directory, "wiki.holder"));
  (await acquireLock(directory, "wiki")).release();
});

test("notes its holder for others to read", async () => {
  const directory = temporaryDirectory();
  const lock = await acquireLock(directory, "wiki");
  expect(JSON.parse(readFileSync(join(directory, "wiki.holder"), "utf8"))).toMatchObject({ pid: process.pid });
  lock.release();
});
