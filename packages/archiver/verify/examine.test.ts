import { verifyArchive } from "@catapullt/core/archive/verify";
import { OperationError } from "@catapullt/core/errors";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { putArchive } from "../test/sample-archive.ts";
import type { StoredArchive, Vault } from "../vault/vault.ts";
import { examine } from "./examine.ts";

const sha1 = "a".repeat(40);
const other = "b".repeat(40);
const archive: StoredArchive = { host: "wiki01", application: "wiki", name: "wiki_x", bytes: 7, sha1 };

/** What verifying a damaged archive throws, with a message of its own. */
async function damageOf(problem: string): Promise<unknown> {
  const { path } = await putArchive(temporaryDirectory());
  return verifyArchive(path).catch((error: OperationError) => {
    error.message = problem;
    return error;
  });
}

function look(
  answers: unknown[],
  { found = sha1, arrived = sha1, stored = archive, signal = new AbortController().signal } = {},
) {
  const vault = {
    async verify() {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    hash: async () => found,
  } as unknown as Vault;
  return examine(stored, { vault, signal, reading: {}, arrivedAs: async () => arrived });
}

test("reads once what is whole", async () => {
  expect(await look([{ sha1, bytes: 7 }])).toEqual({ kind: "whole", sha1, bytes: 7 });
});

test("takes an archive for whole where a second reading says so, and warns of the host", async () => {
  expect(await look([await damageOf("one bit is wrong"), { sha1, bytes: 7 }])).toMatchObject({
    kind: "whole",
    warning: expect.stringMatching(/one bit is wrong.*memory and disks/),
  });
});

test("takes it for damaged where its sum is another one, or where its content is wrong twice", async () => {
  expect(await look([await damageOf("rotten")], { found: other })).toEqual({
    kind: "damaged",
    reason: "rotten",
    expected: sha1,
    found: other,
  });
  expect(await look([await damageOf("rotten"), await damageOf("still rotten")])).toMatchObject({
    kind: "damaged",
    reason: "still rotten",
    found: sha1,
  });
});

test("judges nothing by a sidecar that the arrival contradicts, or that cannot be read", async () => {
  expect(await look([await damageOf("x")], { found: other, arrived: other })).toMatchObject({ kind: "failed" });
  const problem = new OperationError("archive-invalid", "the sidecar is empty");
  const found = await look([problem], { stored: { ...archive, sha1: undefined } });
  expect(found).toMatchObject({ kind: "failed", error: { hint: expect.stringContaining("sha1sum wiki_x") } });
});

test.each([
  ["ENOENT", "gone"],
  ["EIO", "failed"],
  ["EACCES", "failed"],
])("tells an archive that meets %s as %s", async (code, kind) => {
  const cause = Object.assign(new Error(code), { code });
  const error = new OperationError("vault-unusable", "it cannot be read", { cause });
  expect(await look([error])).toEqual({ kind, error });
});

test("hides neither bugs nor the end of the run", async () => {
  await expect(look([new TypeError("a bug")])).rejects.toThrow("a bug");
  const signal = AbortSignal.abort(new Error("ended"));
  await expect(look([new OperationError("vault-unusable", "x")], { signal })).rejects.toThrow("ended");
});
