import { open } from "node:fs/promises";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { streamOf } from "../../test/archive-fixture.ts";
import { readArchive } from "../reader.ts";
import { endOfArchive } from "../tar/tar-header.ts";
import { createBlockPipeline } from "./block-pipeline.ts";
import { createFailureScope } from "./failure-scope.ts";
import { type SegmentLimits, type StreamSummary, writeStreamMembers } from "./stream-members.ts";

/** Writes a stream under small limits and reads its members back. */
async function write(
  limits: SegmentLimits,
  ...pieces: string[]
): Promise<{ summary: StreamSummary; members: Record<string, string> }> {
  const path = join(temporaryDirectory(), "archive.tar");
  const file = await open(path, "w");
  const scope = createFailureScope(new AbortController().signal);
  const pipeline = createBlockPipeline(file, {
    compression: { format: "none", level: 0 },
    scope,
    describeError: (error) => error,
  });
  const options = { scope, time: new Date(0), onProgress: () => {}, limits };
  const summary = await writeStreamMembers(
    { member: "database/x.sql", source: streamOf(...pieces) },
    pipeline,
    options,
  );
  await pipeline.append(endOfArchive);
  pipeline.flush();
  await pipeline.queue.end();
  await file.close();
  const members: Record<string, string> = {};
  await readArchive(path, {
    async onMember({ name }, content) {
      members[name] = "";
      for await (const piece of content) members[name] += piece.toString();
    },
  });
  return { summary, members };
}

const unlimited = Number.MAX_SAFE_INTEGER;

test("begins a new member where the content reaches its limit, within a piece too", async () => {
  const { summary, members } = await write(
    { content: 1000, compressed: unlimited },
    "a".repeat(999),
    "b".repeat(1002),
    "c",
  );
  expect(members).toEqual({
    "database/x.sql.0001": `${"a".repeat(999)}b`,
    "database/x.sql.0002": "b".repeat(1000),
    "database/x.sql.0003": "bc",
  });
  expect(summary).toMatchObject({ member: "database/x.sql", parts: 3, bytes: 2002 });
});

test("makes one member of a content that just reaches the limit", async () => {
  const { summary, members } = await write({ content: 1000, compressed: unlimited }, "a".repeat(1000));
  expect(members).toEqual({ "database/x.sql": "a".repeat(1000) });
  expect(summary.parts).toBe(1);
});

test("numbers beyond 9999 with five digits, in order", async () => {
  const { summary, members } = await write({ content: 1, compressed: unlimited }, "x".repeat(10_001));
  expect(summary.parts).toBe(10_001);
  expect(Object.keys(members).slice(-3)).toEqual([
    "database/x.sql.9999",
    "database/x.sql.10000",
    "database/x.sql.10001",
  ]);
});
