import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { execa } from "execa";
import { expect, test } from "vitest";
import { type WriteRequest, writeCommand } from "./archive-process.ts";

interface Outcome {
  exitCode: number | undefined;
  code: string;
  message: string;
  hint: string;
}

/** Writes as a user who is not root: the one who runs the tests, or nobody. */
async function writeUnprivileged(request: WriteRequest): Promise<Outcome> {
  const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  const [command = "", ...args] = [...(process.getuid?.() === 0 ? asNobody : []), ...writeCommand(request)];
  const { exitCode, stdout } = await execa(command, args, { reject: false });
  return { exitCode, ...(JSON.parse(stdout) as Omit<Outcome, "exitCode">) };
}

function createRoot(): WriteRequest {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o755);
  for (const name of ["work", "root", "root/open", "root/closed"]) mkdirSync(join(directory, name));
  chmodSync(join(directory, "work"), 0o777);
  writeFileSync(join(directory, "root/open/readable"), "content");
  return { directory: join(directory, "work/wiki"), root: join(directory, "root") };
}

test("fails and names each file and directory that the user may not read", async () => {
  const request = createRoot();
  writeFileSync(join(request.root, "open/secret"), "content");
  chmodSync(join(request.root, "open/secret"), 0o000);
  chmodSync(join(request.root, "closed"), 0o000);
  const { exitCode, code, message, hint } = await writeUnprivileged(request);
  chmodSync(join(request.root, "closed"), 0o755);
  expect({ exitCode, code }).toEqual({ exitCode: 1, code: "files-unreadable" });
  expect(message.split("\n")).toEqual([
    `2 paths in ${request.root} cannot be read:`,
    `${request.root}/closed: permission denied`,
    `${request.root}/open/secret: permission denied`,
  ]);
  expect(hint).toMatch(/^give .*uid \d+\) read permission or run the backup as root/);
  expect(readdirSync(request.directory)).toEqual([]);
});

test("names twenty of many unreadable files and counts the rest", async () => {
  const request = createRoot();
  for (let index = 0; index < 30; index += 1) {
    writeFileSync(join(request.root, "open", String(index)), "content");
    chmodSync(join(request.root, "open", String(index)), 0o000);
  }
  const { message } = await writeUnprivileged(request);
  const lines = message.split("\n");
  expect(lines[0]).toBe(`30 paths in ${request.root} cannot be read:`);
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe("and 10 more");
});

test("says who cannot write to the work directory", async () => {
  const request = createRoot();
  chmodSync(join(request.directory, ".."), 0o555);
  const { code, message, hint } = await writeUnprivileged(request);
  expect(code).toBe("work-directory-unusable");
  expect(message).toMatch(/^the work directory .*\/work\/wiki cannot be written by .*uid \d+\)?$/);
  expect(hint).toContain("write permission");
});
