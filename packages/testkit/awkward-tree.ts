import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createRandom, createRandomBytes, randomInteger } from "./random.ts";

/** Names byte for byte, as latin1 strings: not UTF-8, control characters, what shells and patterns treat specially. */
export const awkwardNames = [
  "plain",
  "with blank",
  " leading and trailing ",
  "-rf",
  "--checkpoint=1",
  "*",
  "[a-z]?",
  "back\\slash",
  "quote'\"`",
  "$HOME",
  "line\nfeed",
  "tab\tand\u0001control",
  "caf\u00e9 in latin1",
  "\u00ff\u00fe not utf-8",
  utf8("café"),
  utf8("cafe\u0301 decomposed"),
  utf8("😀 文件"),
  "a".repeat(255),
  "\u00e9".repeat(255),
  utf8("é".repeat(127)),
  "PaxHeaders",
  "...",
];

/** The user and group numbers that files get where the tests run as root. */
export const awkwardOwners = [
  [0, 0],
  [1234, 5678],
  [65534, 65534],
  [3_000_000, 4_000_000],
  [4_294_967_294, 4_294_967_294],
] as const;

const awkwardTimes = [
  "2026-11-23T02:00:00.000000001Z",
  "2026-11-23T02:00:00Z",
  "2026-11-23T02:00:00.5Z",
  "1969-12-31T23:59:58.5Z",
  "1960-01-01T00:00:00.999999999Z",
  "1970-01-01T00:00:00Z",
  "2242-03-16T12:56:32.25Z",
];

/**
 * Makes a tree of all that a tar archive can hold and that programs get wrong: awkward names, sizes around block
 * boundaries, links of every kind, modes, times and, for root, owners. Special files are left to `addSpecialFiles`.
 */
export function createAwkwardTree(root: string): void {
  mkdirSync(root, { recursive: true });
  const inRoot = (...names: string[]) => bytes(join(root, ...names));
  for (const directory of ["names", "sizes", "links", "empty", "modes", "deep", "times"]) mkdirSync(inRoot(directory));
  for (const name of awkwardNames) {
    writeFileSync(inRoot("names", name), name);
    mkdirSync(inRoot("names", `${name.slice(0, 250)}.d`));
    writeFileSync(inRoot("names", `${name.slice(0, 250)}.d`, name), "below");
    symlinkSync(bytes(name), inRoot("names", `${name.slice(0, 250)}.l`));
  }
  const randomBytes = createRandomBytes(5);
  for (const size of [0, 1, 511, 512, 513, 10_240, 1_048_575, 1_048_576, 1_048_577, 3_145_000])
    writeFileSync(inRoot("sizes", String(size)), randomBytes(size));
  createLinks(inRoot);
  const unreadableMode = isRoot() ? 0o000 : 0o400;
  for (const mode of [unreadableMode, 0o444, 0o644, 0o755, 0o4755, 0o2755, 0o6711])
    writeFileSync(inRoot("modes", mode.toString(8)), "content");
  mkdirSync(inRoot("modes", "sticky"));
  createDeepDirectories(root);
  awkwardTimes.forEach((_, index) => {
    writeFileSync(inRoot("times", String(index)), "content");
  });
  if (isRoot()) giveOwners(root);
  // Changing an owner takes setuid and setgid away, so modes come after owners; times come last.
  for (const name of readdirSync(join(root, "modes")))
    chmodSync(inRoot("modes", name), name === "sticky" ? 0o1777 : Number.parseInt(name, 8));
  awkwardTimes.forEach((time, index) => {
    execFileSync("touch", ["-h", "-d", time, join(root, "times", String(index))]);
  });
  lutimesSync(join(root, "links", "dangling"), 1_000_000_000.25, 1_000_000_000.25);
  execFileSync("touch", ["-d", "2001-02-03T04:05:06.789Z", join(root, "empty"), root]);
}

function createLinks(inRoot: (...names: string[]) => Buffer): void {
  const targets = [
    "../sizes/512",
    "/etc/hostname",
    ".",
    "\u00ff\u00fe",
    utf8("é"),
    "x".repeat(100),
    "y".repeat(101),
    "z/".repeat(1000),
  ];
  targets.forEach((target, index) => {
    symlinkSync(bytes(target), inRoot("links", `symbolic-${index}`));
  });
  symlinkSync("nowhere", inRoot("links", "dangling"));
  writeFileSync(inRoot("links", "first"), "one file with several names");
  for (const other of ["links/second", "empty/../names/third name", `names/${"h".repeat(200)}`])
    linkSync(inRoot("links", "first"), inRoot(other));
  linkSync(inRoot("links", "dangling"), inRoot("links", "dangling-too"));
}

function createDeepDirectories(root: string): void {
  for (const name of ["d".repeat(60), "\u00e9".repeat(60), utf8("é".repeat(30))]) {
    let path = join(root, "deep");
    for (let depth = 0; depth < 20; depth += 1) {
      path = `${path}/${name}`;
      mkdirSync(bytes(path));
      writeFileSync(bytes(`${path}/file`), `at depth ${depth}`);
    }
  }
}

function giveOwners(root: string): void {
  const directory = join(root, "owners");
  mkdirSync(directory);
  awkwardOwners.forEach(([uid, gid], index) => {
    for (const kind of ["file", "directory", "link"]) {
      const path = join(directory, `${kind}-${index}`);
      if (kind === "file") writeFileSync(path, "content");
      else if (kind === "directory") mkdirSync(path);
      else symlinkSync("target", path);
      lchownSync(path, uid, gid);
    }
  });
}

/** Adds a FIFO and a socket, and for root a character device; returns their names and how to close the socket. */
export async function addSpecialFiles(directory: string): Promise<{ names: string[]; close: () => void }> {
  execFileSync("mkfifo", [join(directory, "fifo")]);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(directory, "socket"), resolve));
  const names = ["fifo", "socket"];
  if (isRoot()) {
    execFileSync("mknod", [join(directory, "device"), "c", "1", "3"]);
    names.push("device");
  }
  return { names: names.sort(), close: () => server.close() };
}

/** A tree of random shape, names, sizes and kinds, the same for the same seed. */
export function createRandomTree(root: string, seed: number): void {
  const random = createRandom(seed);
  const randomBytes = createRandomBytes(seed);
  const directories = [root];
  const files: string[] = [];
  mkdirSync(root, { recursive: true });
  for (let index = 0; index < 60; index += 1) {
    const parent = directories[randomInteger(random, directories.length)] ?? root;
    const path = `${parent}/${randomName(random, index)}`;
    const kind = randomInteger(random, 10);
    if (kind < 3) {
      mkdirSync(bytes(path));
      directories.push(path);
    } else if (kind === 3) symlinkSync(bytes(randomName(random, index)), bytes(path));
    else if (kind === 4 && files.length > 0)
      linkSync(bytes(files[randomInteger(random, files.length)] ?? ""), bytes(path));
    else {
      writeFileSync(
        bytes(path),
        randomBytes(randomInteger(random, 10) === 0 ? randomInteger(random, 2_500_000) : randomInteger(random, 3000)),
      );
      files.push(path);
    }
  }
}

function randomName(random: () => number, index: number): string {
  const length = randomInteger(random, 8) === 0 ? 200 : 1 + randomInteger(random, 12);
  const characters = Array.from({ length }, () => {
    const code = 1 + randomInteger(random, 255);
    return code === 0x2f ? "_" : String.fromCharCode(code);
  });
  return `${characters.join("")}${index}`;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function bytes(name: string): Buffer {
  return Buffer.from(name, "latin1");
}

function utf8(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
