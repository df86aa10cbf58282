import { expect, test } from "vitest";
import { formatSidecar, parseSidecar, sidecarName } from "./sidecar.ts";

const name = "wiki_20261123T020000Z.tar.zst";
const sha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

test("writes the line that sha1sum writes, and reads it back", () => {
  expect(sidecarName(name)).toBe(`${name}.sha1`);
  expect(formatSidecar(sha1, name)).toBe(`${sha1}  ${name}\n`);
  expect(parseSidecar(formatSidecar(sha1, name), name)).toBe(sha1);
});

test.each([`${sha1} *${name}\n`, `${sha1}  ${name}`])("accepts sha1sum's other forms: %j", (content) => {
  expect(parseSidecar(content, name)).toBe(sha1);
});

test.each([
  ["", "is empty"],
  [`${sha1}  other.tar\n`, 'speaks of another file, "other.tar"'],
  [`${sha1}  dir/${name}\n`, `speaks of another file, "dir/${name}"`],
  [`${sha1.slice(1)}  ${name}\n`, "is not in sha1sum's format"],
  [`${sha1.toUpperCase()}  ${name}\n`, "is not in sha1sum's format"],
  [`${sha1}  ${name}\n${sha1}  other\n`, "is not in sha1sum's format"],
  [`${sha1}  ${name}\n\n`, "is not in sha1sum's format"],
  ["<html>", "is not in sha1sum's format"],
])("refuses %j", (content, problem) => {
  expect(() => parseSidecar(content, name)).toThrow(
    expect.objectContaining({ code: "archive-invalid", message: `the sidecar ${name}.sha1 ${problem}` }),
  );
});
