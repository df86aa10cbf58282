import { closeSync, fstatSync, readdirSync, readSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { openSecretDescriptor } from "./secret-descriptor.ts";

test("holds the text in a file that nobody else can find or read", () => {
  const { descriptor, close } = openSecretDescriptor("sécret");
  const status = fstatSync(descriptor);
  expect({ mode: status.mode & 0o777, links: status.nlink }).toEqual({ mode: 0o600, links: 0 });
  const buffer = Buffer.alloc(100);
  expect(buffer.subarray(0, readSync(descriptor, buffer, 0, 100, 0)).toString()).toBe("sécret");
  close();
  expect(() => closeSync(descriptor)).toThrow("EBADF");
  const left = ["/dev/shm", tmpdir()]
    .flatMap((directory) => readdirSync(directory))
    .filter((name) => name.startsWith(".backup-tools-"));
  expect(left).toEqual([]);
});
