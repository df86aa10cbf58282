import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, test } from "vitest";
import { createRestoredFiles } from "./restored-files.ts";

const signal = new AbortController().signal;

/** A home with a link to a disk that was a tree of its own, and app.ini as a tree of one file. */
function prepare() {
  const directory = temporaryDirectory("restored");
  writeFiles(directory, {
    "home/a.txt": "\uFEFFone",
    "home/sub/b.txt": "two",
    "disk/1/2/3": "three",
    "config/app.ini": "x = 1\n",
  });
  mkdirSync(join(directory, "home/attachments-of-old"), { recursive: true });
  symlinkSync("/mnt/disk", join(directory, "home/attachments"));
  symlinkSync("../../etc/shadow", join(directory, "home/outside"));
  symlinkSync("circle", join(directory, "home/circle"));
  const tree = (label: string, root: string) => ({ label, source: root, root, path: join(directory, label) });
  return createRestoredFiles(
    [
      tree("home", "/var/lib/wiki"),
      tree("disk", "/mnt/disk"),
      { ...tree("config", "/etc/wiki"), source: "/etc/wiki/app.ini" },
    ],
    signal,
  );
}

test("shows files by the paths that they had, through links of that time", async () => {
  const { host, root } = prepare();
  expect(await host.readText("/var/lib/wiki/a.txt")).toBe("one");
  expect(await host.readText("/var/lib/wiki/attachments/1/2/3")).toBe("three");
  expect(await host.realPath("/var/lib/wiki/attachments/1")).toBe("/mnt/disk/1");
  expect(await host.kind("/var/lib/wiki/sub")).toBe("directory");
  expect(await host.readText("/etc/wiki/app.ini")).toBe("x = 1\n");
  expect(root("config")).toBe("/etc/wiki/app.ini");
  expect(root("logs")).toBeUndefined();
});

test("knows the directories above its trees, and nothing else of the host that it runs on", async () => {
  const { host } = prepare();
  expect(await host.kind("/var/lib")).toBe("directory");
  expect(await host.list("/var/lib")).toEqual(["wiki"]);
  for (const path of ["/etc/passwd", "/var/lib/wiki/outside", "/var/lib/wiki/circle", "/var/lib/wiki/none", "/tmp"])
    expect(await host.kind(path)).toBeUndefined();
  expect(await host.list("/etc/passwd")).toBeUndefined();
  expect(await host.processes()).toEqual([]);
});

test("walks all files below a directory, behind a link too", async () => {
  const { walk } = prepare();
  const walked = async (directory: string) => {
    const found: string[] = [];
    for await (const path of walk(directory)) found.push(path);
    return found.sort();
  };
  expect(await walked("/var/lib/wiki")).toEqual(["/var/lib/wiki/a.txt", "/var/lib/wiki/sub/b.txt"]);
  expect(await walked("/var/lib/wiki/attachments")).toEqual(["/mnt/disk/1/2/3"]);
  expect(await walked("/nowhere")).toEqual([]);
});
