import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { prepareWorkDirectory, type WorkDirectoryRequest } from "./work-directory.ts";

function request(options: Partial<WorkDirectoryRequest> & { workDir: string }): WorkDirectoryRequest {
  return { mayCreate: false, application: "wiki", group: undefined, roots: [], ...options };
}

test("makes the application's directory, closed to others whatever the umask", async () => {
  const workDir = temporaryDirectory();
  const before = process.umask(0);
  try {
    const directory = await prepareWorkDirectory(request({ workDir, group: 1234 }));

    expect(directory).toBe(join(workDir, "wiki"));
    const { mode, gid } = statSync(directory);
    expect([mode & 0o7777, gid]).toEqual([0o750, 1234]);
  } finally {
    process.umask(before);
  }
});

test("leaves mode and owner of a directory alone that is there already", async () => {
  const workDir = temporaryDirectory();
  mkdirSync(join(workDir, "wiki"), { mode: 0o700 });

  await prepareWorkDirectory(request({ workDir, group: 1234 }));

  expect(statSync(join(workDir, "wiki")).mode & 0o7777).toBe(0o700);
});

test("makes a missing work directory only where it may", async () => {
  const workDir = join(temporaryDirectory(), "var", "backups");

  await expect(prepareWorkDirectory(request({ workDir }))).rejects.toMatchObject({
    code: "work-directory-unusable",
    message: `the work directory ${workDir} does not exist`,
  });
  expect(existsSync(workDir)).toBe(false);
  await prepareWorkDirectory(request({ workDir, mayCreate: true }));
  expect(statSync(join(workDir, "wiki")).isDirectory()).toBe(true);
});

test.each([
  ["in it", "home/backups"],
  ["in it although it does not exist yet", "home/a/b/c"],
  ["that itself", "home"],
  ["in it by way of a link", "link/backups"],
])("refuses a work directory inside what is backed up: %s", async (_, path) => {
  const place = temporaryDirectory();
  mkdirSync(join(place, "home", "backups"), { recursive: true });
  symlinkSync(join(place, "home"), join(place, "link"));

  await expect(
    prepareWorkDirectory(request({ workDir: join(place, path), mayCreate: true, roots: [join(place, "home")] })),
  ).rejects.toMatchObject({ code: "work-directory-inside-home" });
  expect(existsSync(join(place, path, "wiki"))).toBe(false);
});

test("takes a work directory beside what is backed up whose name begins the same", async () => {
  const place = temporaryDirectory();
  mkdirSync(join(place, "home"));
  mkdirSync(join(place, "home-backups"));

  await prepareWorkDirectory(request({ workDir: join(place, "home-backups"), roots: [join(place, "home")] }));
});

test("refuses a file in the place of the work directory", async () => {
  const workDir = join(temporaryDirectory(), "file");
  writeFileSync(workDir, "");

  await expect(prepareWorkDirectory(request({ workDir }))).rejects.toMatchObject({ code: "work-directory-unusable" });
});
