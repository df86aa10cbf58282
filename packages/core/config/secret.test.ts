import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { redact } from "../log/redaction.ts";
import { run } from "../process/run.ts";
import { readSecret } from "./secret.ts";

function secretFile(content: string | Uint8Array, mode = 0o600): string {
  const path = join(temporaryDirectory(), "secret");
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

test("gives a plain text as it is", async () => {
  expect(await readSecret(" p#a\"s's w\\ord;$ ", {})).toBe(" p#a\"s's w\\ord;$ ");
});

test.each([
  ["secret", "secret"],
  ["secret\n", "secret"],
  ["secret\r\n", "secret"],
  ["secret\n\n", "secret\n"],
  [" secret \n", " secret "],
  ["two\nlines\n", "two\nlines"],
  ["pässwörd\n", "pässwörd"],
])("takes the file content %j for %j", async (content, expected) => {
  expect(await readSecret({ file: secretFile(content) }, {})).toBe(expected);
});

test("remembers what it read, so that it is masked", async () => {
  await readSecret({ file: secretFile("correct-horse-battery\n") }, {});
  expect(redact("the password is correct-horse-battery")).toBe("the password is ********");
});

test.each([0o604, 0o644, 0o602, 0o606])("refuses a file with mode %o", async (mode) => {
  const path = secretFile("secret", mode);
  await expect(readSecret({ file: path }, {})).rejects.toMatchObject({
    code: "config-unsafe",
    message: `the secret file ${path} is open to others`,
    hint: expect.stringContaining(`chmod o-rwx ${path}`),
  });
});

test.each([0o600, 0o640, 0o400, 0o440])("reads a file with mode %o", async (mode) => {
  expect(await readSecret({ file: secretFile("secret", mode) }, {})).toBe("secret");
});

test.each([
  ["", "is empty"],
  ["\n", "is empty"],
  [new Uint8Array([0x70, 0xe4, 0x73]), "is not UTF-8 text"],
])("refuses the file content %j", async (content, problem) => {
  const path = secretFile(content);
  await expect(readSecret({ file: path }, {})).rejects.toMatchObject({
    code: "secret-unreadable",
    message: `the secret file ${path} ${problem}`,
  });
});

test("refuses what is no file of moderate size", async () => {
  const directory = temporaryDirectory();
  const large = join(directory, "large");
  writeFileSync(large, "", { mode: 0o600 });
  truncateSync(large, 65 * 1024);
  const fifo = join(directory, "fifo");
  await run("mkfifo", ["-m", "600", fifo]);
  const loop = join(directory, "loop");
  symlinkSync(loop, loop);
  for (const file of [directory, large, fifo, loop, "/nonexistent/secret", join(large, "x")])
    await expect(readSecret({ file }, {})).rejects.toMatchObject({
      code: "secret-unreadable",
      message: expect.stringContaining(file),
    });
});

test("reads a variable, and says so where it is missing or empty", async () => {
  expect(await readSecret({ env: "PASSWORD" }, { PASSWORD: " x " })).toBe(" x ");
  await expect(readSecret({ env: "PASSWORD" }, {})).rejects.toMatchObject({
    code: "secret-unreadable",
    message: "the environment variable PASSWORD, which holds a secret, is not set",
  });
  await expect(readSecret({ env: "PASSWORD" }, { PASSWORD: "" })).rejects.toMatchObject({ code: "secret-unreadable" });
});

test("reads a systemd credential", async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "db.password"), "from-systemd\n", { mode: 0o400 });
  const environment = { CREDENTIALS_DIRECTORY: directory };
  expect(await readSecret({ credential: "db.password" }, environment)).toBe("from-systemd");
  await expect(readSecret({ credential: "other" }, environment)).rejects.toMatchObject({ code: "secret-unreadable" });
  await expect(readSecret({ credential: "db.password" }, {})).rejects.toMatchObject({
    code: "secret-unreadable",
    message: "the credential db.password cannot be read: $CREDENTIALS_DIRECTORY is not set",
  });
});

test.each(["../secret", "a/b", "..", "", "a\0b"])("refuses the credential %j", async (credential) => {
  const directory = join(temporaryDirectory(), "credentials");
  mkdirSync(directory);
  writeFileSync(join(directory, "../secret"), "x", { mode: 0o600 });
  await expect(readSecret({ credential }, { CREDENTIALS_DIRECTORY: directory })).rejects.toMatchObject({
    code: "secret-unreadable",
    message: expect.stringContaining("is no name of a systemd credential"),
  });
});
