import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "@catapullt/core/process/run";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, onTestFinished, test } from "vitest";
import type { Remote } from "../remote/remote.ts";
import { filesBelow } from "./backup-host.ts";
import { putArchive } from "./sample-archive.ts";

/** What every kind of remote must do, whatever it is made of. `open` opens one for an agent's work directory. */
export function remoteConformance(open: (workDirectory: string) => Promise<Remote>): void {
  const setUp = async () => {
    const work = temporaryDirectory("remote");
    const archive = await putArchive(work, { bytes: 3_000_000 });
    const remote = await open(work);
    onTestFinished(() => remote.close());
    return { work, archive, remote };
  };
  const read = async (remote: Remote, path: { application: string; name: string }, from = 0, to?: number) => {
    const file = await remote.open(path);
    const chunks: Buffer[] = [];
    for await (const chunk of file.read(from, to ?? file.bytes)) chunks.push(Buffer.from(chunk));
    await file.close();
    return Buffer.concat(chunks);
  };

  test("lists applications and their files with size, time and kind", async () => {
    const { work, archive, remote } = await setUp();
    mkdirSync(join(work, "wiki", "directory"));

    expect(await remote.list()).toMatchObject([{ name: "wiki", kind: "directory" }]);
    const entries = await remote.listApplication("wiki");
    expect(entries.map(({ name, kind }) => `${kind} ${name}`).sort()).toEqual(
      [`file ${archive.name}`, `file ${archive.name}.sha1`, "directory directory"].sort(),
    );
    const entry = entries.find(({ name }) => name === archive.name);
    expect(entry?.bytes).toBe(archive.content.length);
    expect(Math.abs((entry?.modifiedAt ?? 0) - Date.now() / 1000)).toBeLessThan(3_600);
  });

  test("reads a file whole, in part, and not past its end", async () => {
    const { archive, remote } = await setUp();
    const { content } = archive;

    expect((await read(remote, archive)).equals(content)).toBe(true);
    expect((await read(remote, archive, 1_000_000, 2_500_001)).equals(content.subarray(1_000_000, 2_500_001))).toBe(
      true,
    );
    expect((await read(remote, archive, content.length - 5, content.length + 100)).equals(content.subarray(-5))).toBe(
      true,
    );
    expect(await read(remote, archive, content.length)).toHaveLength(0);
  });

  test("tells when an application's directory was last changed, and nothing for a link or where there is none", async () => {
    const { work, archive, remote } = await setUp();
    const longAgo = 1_700_000_000;
    utimesSync(join(work, "wiki"), longAgo, longAgo);
    symlinkSync(join(work, "wiki"), join(work, "linked"));
    expect(await remote.modifiedAt("wiki")).toBe(longAgo);
    await remote.remove(archive);
    expect(Math.abs(((await remote.modifiedAt("wiki")) ?? 0) - Date.now() / 1000)).toBeLessThan(3_600);
    expect(await remote.modifiedAt("linked")).toBeUndefined();
    expect(await remote.modifiedAt("absent")).toBeUndefined();
  });

  test("removes a file, and takes one that is gone for removed", async () => {
    const { work, archive, remote } = await setUp();

    await remote.remove(archive);
    await remote.remove(archive);
    expect(filesBelow(work)).toEqual([`wiki/${archive.name}.sha1`]);
    expect(await remote.look(archive)).toBeUndefined();
  });

  test("calls links and special files what they are, and neither looks at, opens nor removes them", async () => {
    const { work, archive, remote } = await setUp();
    const secret = join(work, "secret");
    writeFileSync(secret, "secret");
    const link = { application: "wiki", name: "link" };
    const pipe = { application: "wiki", name: "pipe" };
    symlinkSync(secret, join(work, "wiki", link.name));
    expect((await run("mkfifo", [join(work, "wiki", pipe.name)])).exitCode).toBe(0);

    const kinds = new Map((await remote.listApplication("wiki")).map(({ name, kind }) => [name, kind]));
    expect([kinds.get("link"), kinds.get("pipe"), kinds.get(archive.name)]).toEqual(["link", "other", "file"]);
    for (const path of [link, pipe]) {
      expect(await remote.look(path)).toBeUndefined();
      await expect(remote.open(path)).rejects.toMatchObject({ code: "transfer-failed" });
      await expect(remote.remove(path)).rejects.toMatchObject({ code: "transfer-failed" });
    }
    expect(filesBelow(work)).toContain("wiki/link");
    expect(filesBelow(work)).toContain("wiki/pipe");
    expect(readFileSync(secret, "utf8")).toBe("secret");
  });

  test("finds nothing in an application's directory that is a link", async () => {
    const { work, remote } = await setUp();
    symlinkSync(join(work, "wiki"), join(work, "linked"));

    expect((await remote.list()).find(({ name }) => name === "linked")?.kind).toBe("link");
    expect(await remote.listApplication("linked")).toEqual([]);
    expect(await remote.listApplication("absent")).toEqual([]);
  });

  test("fails for a file that does not exist", async () => {
    const { remote } = await setUp();
    await expect(remote.open({ application: "wiki", name: "absent" })).rejects.toMatchObject({
      code: "transfer-failed",
    });
    expect(await remote.look({ application: "wiki", name: "absent" })).toBeUndefined();
  });

  test("fails with a hint where the work directory does not exist", async () => {
    const work = temporaryDirectory("remote");
    const remote = await open(join(work, "absent"));
    onTestFinished(() => remote.close());

    await expect(remote.list()).rejects.toMatchObject({
      code: "work-directory-unusable",
      message: expect.stringContaining(join(work, "absent")),
      hint: expect.stringContaining("path"),
    });
  });

  test("can be closed twice", async () => {
    const { remote } = await setUp();
    await remote.close();
    await remote.close();
  });
}
