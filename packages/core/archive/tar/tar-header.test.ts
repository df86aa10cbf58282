import { expect, test } from "vitest";
import { toByteString } from "./byte-string.ts";
import { encodeTarHeader, paddingSize, type TarEntry } from "./tar-header.ts";
import { decodeHeaderBlock } from "./tar-header-block.ts";

const entry: TarEntry = {
  name: "files/home/page",
  type: "file",
  size: 12,
  mode: 0o640,
  uid: 1000,
  gid: 1001,
  userName: "wiki",
  groupName: "backup",
  modifiedAt: 1_700_000_000_000_000_000n,
  linkName: "",
};

test("needs one block for what ustar can say", () => {
  const header = encodeTarHeader(entry);
  expect(header).toHaveLength(512);
  expect(decodeHeaderBlock(header)).toEqual({
    name: "files/home/page",
    mode: 0o640,
    uid: 1000,
    gid: 1001,
    size: 12,
    modifiedAt: 1_700_000_000,
    flag: "0",
    linkName: "",
  });
  expect(header.toString("latin1", 265, 269)).toBe("wiki");
});

test("splits a name of up to 255 bytes between name and prefix", () => {
  const name = `${"p".repeat(155)}/${"n".repeat(100)}`;
  const header = encodeTarHeader({ ...entry, name });
  expect(header).toHaveLength(512);
  expect(decodeHeaderBlock(header)).toMatchObject({ name });
});

test.each<[string, Partial<TarEntry>, string]>([
  ["a name that cannot be split", { name: `${"p".repeat(156)}/${"n".repeat(100)}` }, "path"],
  ["a name without a slash", { name: "n".repeat(101) }, "path"],
  ["a name beyond ASCII", { name: toByteString("é") }, "path"],
  ["a long name that is not UTF-8", { name: "\u00e9".repeat(101) }, "path"],
  ["a long link", { type: "symlink", linkName: "l".repeat(101) }, "linkpath"],
  ["a user number beyond seven octal digits", { uid: 0o7777777 + 1 }, "uid"],
  ["a group number beyond seven octal digits", { gid: 0o7777777 + 1 }, "gid"],
  ["a size beyond eleven octal digits", { size: 0o77777777777 + 1 }, "size"],
  ["a long user name", { userName: "u".repeat(32) }, "uname"],
  ["fractions of a second", { modifiedAt: 1_700_000_000_000_000_001n }, "mtime"],
  ["a time before 1970", { modifiedAt: -1_000_000_000n }, "mtime"],
  ["a time after 2242", { modifiedAt: 8_589_934_592_000_000_000n }, "mtime"],
])("adds an extended header for %s, and that record only", (_, change, keyword) => {
  const header = encodeTarHeader({ ...entry, ...change });
  expect(header.length % 512).toBe(0);
  expect(decodeHeaderBlock(header.subarray(0, 512))).toMatchObject({ flag: "x" });
  const records = header.toString("latin1", 512, header.length - 512).replace(/\0+$/, "");
  expect(records).toMatch(new RegExp(`^\\d+ ${keyword}=[^\n]*\n$`));
  expect(decodeHeaderBlock(header.subarray(-512))).toBeTypeOf("object");
});

test("writes short names that are not UTF-8 as they are, without a record that would claim they were", () => {
  const header = encodeTarHeader({ ...entry, name: "caf\u00e9" });
  expect(header).toHaveLength(512);
  expect(decodeHeaderBlock(header)).toMatchObject({ name: "caf\u00e9" });
});

test("states sizes beyond eleven octal digits in base 256 too, for readers without PAX", () => {
  const size = 8 * 1024 ** 3;
  expect(decodeHeaderBlock(encodeTarHeader({ ...entry, size }).subarray(-512))).toMatchObject({ size });
});

test.each([
  [0, 0],
  [1, 511],
  [511, 1],
  [512, 0],
  [513, 511],
])("fills %i bytes up with %i", (size, padding) => {
  expect(paddingSize(size)).toBe(padding);
});
