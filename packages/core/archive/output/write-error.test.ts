import { expect, test } from "vitest";
import { OperationError } from "../../errors.ts";
import { describeWriteError } from "./write-error.ts";

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: something, write`), { code, syscall: "write" });
}

test.each([
  ["ENOSPC", "is full after 1.50 MB of the archive", "free space"],
  ["EDQUOT", "is at its quota after 1.50 MB of the archive", "quota"],
  ["EROFS", "is mounted read-only after 1.50 MB of the archive", "mount it writable"],
  ["ENOENT", "does not exist after 1.50 MB of the archive", "mount what belongs there"],
])("says what %s means and what to do", (code, problem, hint) => {
  const error = describeWriteError(systemError(code), { directory: "/srv/backup", writtenBytes: 1_500_000 });
  expect(error).toMatchObject({
    code: "work-directory-unusable",
    message: `the work directory /srv/backup ${problem}`,
  });
  expect((error as OperationError).hint).toContain(hint);
});

test.each(["EACCES", "EPERM"])("names the user for %s", (code) => {
  const error = describeWriteError(systemError(code), { directory: "/srv/backup" });
  expect((error as OperationError).message).toMatch(
    /^the work directory \/srv\/backup cannot be written by .*uid \d+\)?$/,
  );
});

test.each(["EIO", "EFBIG", "ESTALE"])("points at the system's log for %s", (code) => {
  const cause = systemError(code);
  expect(describeWriteError(cause, { directory: "/srv/backup", writtenBytes: 12 })).toMatchObject({
    code: "archive-write-failed",
    message: `writing to /srv/backup failed after 12 B of the archive: ${code}: something, write`,
    cause,
  });
});

test("leaves other errors as they are", () => {
  const bug = new TypeError("a bug");
  const own = new OperationError("files-unreadable", "x");
  expect(describeWriteError(bug, { directory: "/srv/backup" })).toBe(bug);
  expect(describeWriteError(own, { directory: "/srv/backup" })).toBe(own);
});
