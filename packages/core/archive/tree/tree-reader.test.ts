import * as fs from "node:fs";
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { createByteSource } from "../input/byte-source.ts";
import { endOfArchive } from "../tar/tar-header.ts";
import { readTarMembers } from "../tar/tar-members.ts";
import type { FileSystem } from "./file-system.ts";
import type { TarSink } from "./tar-sink.ts";
import { readTree } from "./tree-reader.ts";
import type { TreeOutcome, TreeRequest } from "./tree-request.ts";

interface Walked extends TreeOutcome {
  /** Content by member name. */
  members: Record<string, string>;
}

const owners = { user: () => "", group: () => "" };
const spaceSize = 1000;

/** Walks a tree in this thread, through a file system that `faults` changes, and reads back what was written. */
async function walk(
  root: string,
  request: Partial<TreeRequest> = {},
  faults: Partial<FileSystem> = {},
): Promise<Walked> {
  const { sink, written } = createMemorySink();
  const tree = { label: "home", root, include: [], exclude: [], ...request };
  const outcome = readTree(tree, { sink, owners, fileSystem: { ...fs, ...faults } });
  const members: Record<string, string> = {};
  const pieces = async function* () {
    yield Buffer.concat([...written, endOfArchive]);
  };
  await readTarMembers(createByteSource(pieces()), async (member, content) => {
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(part);
    members[member.name] =
      member.linkName ?? (member.type === "file" ? Buffer.concat(parts).toString("latin1") : member.type);
  });
  return { ...outcome, members };
}

function createMemorySink(): { sink: TarSink; written: Buffer[] } {
  const written: Buffer[] = [];
  let space = Buffer.alloc(spaceSize);
  return {
    written,
    sink: {
      write: (bytes) => written.push(Buffer.from(bytes)),
      space: () => space,
      advance(bytes) {
        written.push(space.subarray(0, bytes));
        space = Buffer.alloc(spaceSize, 1);
      },
    },
  };
}

function createRoot(files: Record<string, string>): string {
  const root = join(temporaryDirectory(), "root");
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, ".."), { recursive: true });
    if (name.endsWith("/")) mkdirSync(join(root, name), { recursive: true });
    else writeFileSync(join(root, name), content);
  }
  return root;
}

/** `readSync` that does something to the files after the first piece that it has read of one with this content. */
function afterFirstRead(action: () => void): Partial<FileSystem> {
  let isDone = false;
  return {
    readSync: ((...args: Parameters<typeof fs.readSync>) => {
      const count = fs.readSync(...args);
      if (!isDone) action();
      isDone = true;
      return count;
    }) as typeof fs.readSync,
  };
}

function systemError(code: keyof typeof errnos): Error {
  return Object.assign(new Error(`${code}: injected`), { code, errno: errnos[code], syscall: "injected" });
}

const errnos = { EACCES: -13, EIO: -5, ENOENT: -2, ELOOP: -40, ESTALE: -116 } as const;

const originals = {
  lstatSync: fs.lstatSync,
  openSync: fs.openSync,
  readdirSync: fs.readdirSync,
  readlinkSync: fs.readlinkSync,
};

/** Fails a call for paths that end in `name`. */
function failing<T extends keyof typeof originals>(
  call: T,
  name: string,
  code: keyof typeof errnos,
): Partial<FileSystem> {
  const original = originals[call] as (...args: unknown[]) => unknown;
  const faulty = (path: Buffer, ...rest: unknown[]) => {
    if (path.toString("latin1").endsWith(`/${name}`)) throw systemError(code);
    return original(path, ...rest);
  };
  return { [call]: faulty as unknown as FileSystem[T] };
}

test("writes directories before what is in them, names in byte order", async () => {
  const root = createRoot({ "b/x": "1", "B/x": "2", a: "3", "a.d/x": "4", é: "5", "empty/": "" });
  const { members, summary } = await walk(root);
  expect(Object.keys(members)).toEqual([
    "files/home",
    "files/home/B",
    "files/home/B/x",
    "files/home/a",
    "files/home/a.d",
    "files/home/a.d/x",
    "files/home/b",
    "files/home/b/x",
    "files/home/empty",
    "files/home/é",
  ]);
  expect(summary).toMatchObject({
    label: "home",
    source: root,
    files: 5,
    directories: 5,
    links: 0,
    bytes: 5,
    warnings: [],
  });
});

test("pads a file that shrinks while it is read, and warns", async () => {
  const root = createRoot({ shrinking: "x".repeat(5000), z: "whole" });
  const { members, summary, unreadableCount } = await walk(
    root,
    {},
    afterFirstRead(() => truncateSync(join(root, "shrinking"), 1500)),
  );
  expect(members["files/home/shrinking"]).toBe(`${"x".repeat(1500)}${"\0".repeat(3500)}`);
  expect(members["files/home/z"]).toBe("whole");
  expect(summary.warnings).toEqual([
    `${root}/shrinking shrank while it was read: its last 3500 of 5000 bytes are zeros in the archive`,
  ]);
  expect(unreadableCount).toBe(0);
});

test("cuts a file that grows while it is read, and warns", async () => {
  const root = createRoot({ growing: "x".repeat(2500), z: "whole" });
  const { members, summary } = await walk(
    root,
    {},
    afterFirstRead(() => appendFileSync(join(root, "growing"), "y".repeat(500))),
  );
  expect(members["files/home/growing"]).toBe("x".repeat(2500));
  expect(members["files/home/z"]).toBe("whole");
  expect(summary.bytes).toBe(2505);
  expect(summary.warnings).toEqual([
    `${root}/growing grew while it was read: the archive holds its first 2500 of 3000 bytes`,
  ]);
});

test("warns of a file that is written to in place while it is read", async () => {
  const root = createRoot({ changing: "x".repeat(2500) });
  const change = () => {
    const descriptor = fs.openSync(join(root, "changing"), "r+");
    fs.writeSync(descriptor, "y", 2000);
    fs.futimesSync(descriptor, 1, 1);
    fs.closeSync(descriptor);
  };
  const { summary } = await walk(root, {}, afterFirstRead(change));
  expect(summary.warnings).toEqual([`${root}/changing changed while it was read`]);
});

test("says nothing of a file that is merely renamed or removed while it is read", async () => {
  const root = createRoot({ "a-moving": "x".repeat(2500), "b-removed": "y".repeat(2500) });
  const { members, summary } = await walk(
    root,
    {},
    afterFirstRead(() => {
      renameSync(join(root, "a-moving"), join(root, "..", "elsewhere"));
    }),
  );
  expect(members["files/home/a-moving"]).toBe("x".repeat(2500));
  expect(summary).toMatchObject({ files: 2, warnings: [], skippedCount: 0 });
});

test("notes files and directories that vanish between two calls", async () => {
  const root = createRoot({ "a-trigger": "x", "b-gone": "y", "c-gone/inside": "z", d: "stays" });
  const { members, summary, unreadableCount } = await walk(
    root,
    {},
    afterFirstRead(() => {
      rmSync(join(root, "b-gone"));
      rmSync(join(root, "c-gone"), { recursive: true });
    }),
  );
  expect(Object.keys(members)).toEqual(["files/home", "files/home/a-trigger", "files/home/d"]);
  const reason = "vanished while the tree was read";
  expect(summary.skipped).toEqual([
    { path: `${root}/b-gone`, reason },
    { path: `${root}/c-gone`, reason },
  ]);
  expect(unreadableCount).toBe(0);
});

test("notes a file that vanishes before it is opened, and one that becomes a link", async () => {
  const root = createRoot({ file: "x", other: "y" });
  const vanished = await walk(root, {}, failing("openSync", "file", "ENOENT"));
  expect(vanished.summary.skipped).toEqual([{ path: `${root}/file`, reason: "vanished while the tree was read" }]);
  const replaced = await walk(
    root,
    {},
    {
      openSync: ((path: Buffer, flags: number) => {
        rmSync(path, { force: true });
        symlinkSync("/etc/passwd", path);
        return fs.openSync(path, flags);
      }) as typeof fs.openSync,
    },
  );
  expect(replaced.summary.skippedCount).toBe(2);
  expect(replaced.members).toEqual({ "files/home": "directory" });
});

test.each([
  ["lstatSync", "EIO", "i/o error"],
  ["openSync", "EACCES", "permission denied"],
  ["readdirSync", "EACCES", "permission denied"],
  ["readlinkSync", "EIO", "i/o error"],
] as const)("reports what %s cannot read (%s)", async (call, code, reason) => {
  const root = createRoot({ "x/file": "content", "y/file": "content" });
  symlinkSync("target", join(root, "x", "link"));
  const name = { lstatSync: "x", openSync: "file", readdirSync: "y", readlinkSync: "link" }[call];
  const { unreadable, unreadableCount } = await walk(root, {}, failing(call, name, code));
  expect(unreadableCount).toBe(call === "openSync" ? 2 : 1);
  expect(unreadable[0]).toMatchObject({ reason });
  expect(unreadable.every(({ path }) => path.startsWith(root) && path.endsWith(name))).toBe(true);
});

test("reports a file whose content cannot be read any further", async () => {
  const root = createRoot({ broken: "x".repeat(5000) });
  const { unreadable } = await walk(
    root,
    {},
    {
      readSync: (() => {
        throw systemError("EIO");
      }) as unknown as typeof fs.readSync,
    },
  );
  expect(unreadable).toEqual([{ path: `${root}/broken`, reason: "i/o error" }]);
});

test("lets errors through that are no system's errors", async () => {
  const root = createRoot({ file: "x" });
  const bug = () => {
    throw new TypeError("a bug");
  };
  await expect(walk(root, {}, { lstatSync: bug as unknown as typeof fs.lstatSync })).rejects.toThrow("a bug");
});

test.each([
  ["missing", "no such file or directory"],
  ["file/below", "not a directory"],
])("reports a root that is %s", async (name, reason) => {
  const root = createRoot({ file: "x" });
  const { unreadable } = await walk(join(root, name));
  expect(unreadable).toEqual([{ path: join(root, name), reason }]);
});

test("reports a root that is no directory and no file", async () => {
  expect((await walk("/dev/null")).unreadable).toEqual([{ path: "/dev/null", reason: "it is a character device" }]);
});

test("leaves out what a pattern excludes and does not read it", async () => {
  const root = createRoot({ "temp/a": "1", "logs/today": "2", "data/temp/b": "3", "data/keep": "4", "x.log": "5" });
  const faults = failing("readdirSync", "logs", "EACCES");
  const { members, summary, unreadableCount } = await walk(root, { exclude: ["logs/", "**/temp/**", "*.tmp"] }, faults);
  expect(Object.keys(members)).toEqual([
    "files/home",
    "files/home/data",
    "files/home/data/keep",
    "files/home/data/temp",
    "files/home/temp",
    "files/home/x.log",
  ]);
  expect(summary.excluded).toEqual(["**/temp/**", "logs/"]);
  expect(unreadableCount).toBe(0);
});

test("saves only what a pattern includes, with the directories on the way to it", async () => {
  const root = createRoot({
    "conf/server.xml": "1",
    "conf/web/x": "2",
    "lib/y": "3",
    "bin/deep/setenv.sh": "4",
    "bin/other": "5",
    top: "6",
  });
  const faults = failing("readdirSync", "lib", "EACCES");
  const include = ["conf/", "bin/*/setenv.sh"];
  const { members, summary } = await walk(root, { include, exclude: ["conf/web"] }, faults);
  expect(Object.keys(members)).toEqual([
    "files/home",
    "files/home/bin",
    "files/home/bin/deep",
    "files/home/bin/deep/setenv.sh",
    "files/home/conf",
    "files/home/conf/server.xml",
  ]);
  expect(summary).toMatchObject({ directories: 4, files: 2 });
});

test("saves further names of a file as links to the first, within the tree only", async () => {
  const root = createRoot({ "a/first": "content" });
  fs.linkSync(join(root, "a/first"), join(root, "z-second"));
  fs.linkSync(join(root, "a/first"), join(root, "..", "outside"));
  const { members, summary } = await walk(root);
  expect(members["files/home/a/first"]).toBe("content");
  expect(members["files/home/z-second"]).toBe("files/home/a/first");
  expect(summary).toMatchObject({ files: 1, links: 1, bytes: 7 });
});

test("keeps lists short and counts what is not listed", async () => {
  const root = createRoot({ "directory/": "" });
  const names = Array.from({ length: 1500 }, (_, index) => `name-${index}`);
  const { summary } = await walk(root, {}, { readdirSync: (() => names) as unknown as typeof fs.readdirSync });
  expect(summary.skippedCount).toBe(1500);
  expect(summary.skipped).toHaveLength(1000);
});
