import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { silentLogger } from "@catapullt/core/log/logger";
import { rememberSecret } from "@catapullt/core/log/redaction";
import { lastRunFile, lastRunSchema } from "@catapullt/core/report/last-run";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { createRunTrace } from "./last-run.ts";

async function traceFailure(message: string): Promise<string | undefined> {
  const workDir = temporaryDirectory("trace");
  await mkdir(join(workDir, "wiki"));
  const trace = createRunTrace({
    application: "wiki",
    config: { workDir },
    startedAt: new Date(),
    log: silentLogger(),
  });
  await trace.failed(new OperationError("dump-failed", message));
  return lastRunSchema.parse(JSON.parse(readFileSync(join(workDir, "wiki", lastRunFile), "utf8"))).failure?.message;
}

test("masks secrets, also one that the cut goes through", async () => {
  rememberSecret("a-password-that-nobody-may-see");
  const message = await traceFailure(
    `a-password-that-nobody-may-see ${"x".repeat(2000)} a-password-that-nobody-may-see`,
  );
  expect(message).not.toContain("a-pass");
  expect(message).toContain("********");
});

test.each(["x".repeat(2048), "x".repeat(2049), "é".repeat(3000), "😀".repeat(1000), "\u0000\u001b[2J".repeat(2000)])(
  "keeps a message below its limit and whole characters only",
  async (text) => {
    const message = (await traceFailure(text)) ?? "";
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(2048);
    expect(message).not.toMatch(/[\uFFFD\p{Cc}]/u);
  },
);
