import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, it } from "vitest";
import { fixtureHost } from "../test/fixture-host.ts";

it("takes every path below its root, and knows what is missing", async () => {
  const host = fixtureHost();
  writeFiles(host.root, { "/srv/a.txt": "\uFEFFtext", "/srv/b": "" });
  mkdirSync(join(host.root, "/mnt"));
  symlinkSync("../srv/a.txt", join(host.root, "/mnt/link"));
  expect(host.locate("/srv")).toBe(join(host.root, "srv"));
  expect(await host.readText("/srv/a.txt")).toBe("text");
  expect(await host.list("/srv")).toEqual(["a.txt", "b"]);
  expect(await host.realPath("/mnt/link")).toBe("/srv/a.txt");
  expect([await host.kind("/srv"), await host.kind("/srv/b"), await host.kind("/mnt/link")]).toEqual([
    "directory",
    "file",
    "file",
  ]);
  for (const path of ["/none", "/srv/b/below"]) {
    expect([
      await host.kind(path),
      await host.readText(path),
      await host.list(path),
      await host.realPath(path),
    ]).toEqual(Array.from({ length: 4 }));
  }
});

it("names a path that is there and cannot be read", async () => {
  const host = fixtureHost();
  mkdirSync(join(host.root, "/srv"));
  await expect(host.readText("/srv")).rejects.toMatchObject({
    code: "application-unreadable",
    message: expect.stringMatching(/^\/srv cannot be read: /),
  });
});

it("finds programs by path or in PATH, and runs them below its root", async () => {
  const host = fixtureHost({ PATH: "/none:relative:/usr/bin" });
  writeFiles(host.root, {
    "/usr/bin/tool": '#!/bin/sh\necho "$0 $1"\n',
    "/usr/bin/plain": "",
    "/opt/tool": "#!/bin/sh\n",
  });
  for (const path of ["/usr/bin/tool", "/opt/tool"]) chmodSync(join(host.root, path), 0o755);
  expect(await host.findProgram(["missing", "plain", "tool"])).toBe("/usr/bin/tool");
  expect(await host.findProgram(["/usr/bin/plain", "/usr/bin", "/opt/tool"])).toBe("/opt/tool");
  expect(await host.findProgram(["missing", "/usr/bin/missing"])).toBeUndefined();
  const { output, exitCode } = await host.run("/usr/bin/tool", ["a b"]);
  expect([exitCode, output.toString()]).toEqual([0, `${join(host.root, "usr/bin/tool")} a b\n`]);
});

it("lists processes with their words", async () => {
  const host = fixtureHost();
  writeFiles(host.root, {
    "/proc/1/cmdline": "/sbin/init\0",
    "/proc/20/cmdline": "a\0b c\0",
    "/proc/2/cmdline": "",
    "/proc/3/status": "",
  });
  expect((await host.processes()).sort()).toEqual([["/sbin/init"], ["a", "b c"]]);
});
