import { existsSync, statSync } from "node:fs";
import { createLogger } from "@catapullt/core/log/logger";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, it } from "vitest";
import { createPrivateDirectory } from "./private-directory.ts";

function recordedLog() {
  const lines: string[] = [];
  return { lines, log: createLogger({ format: "plain", level: "info", write: (line) => lines.push(line) }) };
}

describe("createPrivateDirectory", () => {
  it("makes one that nobody else can enter, in the first place that takes it", async () => {
    const { log, lines } = recordedLog();
    const made = await createPrivateDirectory(log, ["/proc/nowhere", temporaryDirectory("private")]);
    expect(statSync(made?.path ?? "").mode & 0o777).toBe(0o700);
    await made?.remove();
    expect([existsSync(made?.path ?? ""), lines]).toEqual([false, []]);
  });

  it("warns where there is no place", async () => {
    const { log, lines } = recordedLog();
    expect(await createPrivateDirectory(log, ["/proc/nowhere"])).toBeUndefined();
    expect(lines.join("")).toContain("no temporary directory can be made");
  });
});
