import { expect, test } from "vitest";
import { parseReceipt, type Receipt } from "./receipt.ts";

const receipt: Receipt = {
  event: "removed",
  at: "2026-11-23T04:00:00.000Z",
  host: "a",
  application: "wiki",
  name: "n",
  bytes: 1,
  sha1: "a",
  source: "s",
};

test("reads every line that is whole and of a kind that it knows", () => {
  const line = JSON.stringify(receipt);
  const lines = ["", line, line.slice(0, 20), JSON.stringify({ ...receipt, event: "later" }), line, "null"];
  expect(lines.map(parseReceipt)).toEqual([undefined, receipt, undefined, undefined, receipt, undefined]);
});
