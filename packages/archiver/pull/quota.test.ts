import { expect, test } from "vitest";
import type { FetchAction, PullAction } from "./plan.ts";
import { applyQuota, bytesBeside } from "./quota.ts";

const megabyte = 1_000_000;

function fetchOf(name: string, bytes: number, resumeFrom = 0): FetchAction {
  return {
    kind: "fetch",
    application: "wiki",
    name,
    bytes,
    modifiedAt: 1,
    sha1: "a".repeat(40),
    resumeFrom,
    reason: "new",
  };
}
const kinds = (actions: PullAction[]) => actions.map(({ name, kind }) => `${kind} ${name}`);

test("refuses what does not fit beside what is held, and goes on with what does", () => {
  const actions = applyQuota([fetchOf("a", 4 * megabyte), fetchOf("b", 1e15), fetchOf("c", 4 * megabyte)], {
    quota: 20 * megabyte,
    held: 11 * megabyte,
  });
  expect(kinds(actions)).toEqual(["fetch a", "refuse b", "fetch c"]);
  expect(actions[1]).toMatchObject({
    code: "quota-exceeded",
    reason: expect.stringMatching(
      /its 1\.00 PB do not fit into the host's quota of 20\.0 MB, of which 4\.93 MB are left/,
    ),
  });
});

test("counts more than an archive's own bytes, so that many empty ones have an end", () => {
  const many = Array.from({ length: 100 }, (_, index) => fetchOf(`empty${index}`, 0));
  const actions = applyQuota(many, { quota: 10 * bytesBeside, held: 0 });
  expect(actions.filter(({ kind }) => kind === "fetch")).toHaveLength(10);
});

test("counts only what is missing of an archive that goes on, since its part is held", () => {
  const facts = { quota: 10 * megabyte, held: 9 * megabyte };
  expect(kinds(applyQuota([fetchOf("a", 9 * megabyte, 8 * megabyte)], facts))).toEqual(["fetch a"]);
});
