import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { createLogger, silentLogger } from "../log/logger.ts";
import { rememberSecret } from "../log/redaction.ts";
import { readReport } from "./read.ts";
import type { RunReport } from "./schema.ts";
import { writeReport } from "./write.ts";

const report: RunReport = {
  schemaVersion: 1,
  program: "backup-agent",
  command: "backup",
  host: "wiki01",
  application: "confluence",
  outcome: "failure",
  startedAt: "2026-11-23T02:00:00.000Z",
  endedAt: "2026-11-23T02:03:00.000Z",
  archives: [],
  databases: [{ name: "confluence", engine: "mysql", tables: 300, bytes: 123_456_789 }],
  trees: [],
  warnings: ["the password is planted-report"],
  failures: [{ code: "dump-failed", message: "it failed" }],
};

test("is written where the variable says, for its owner alone, and read back", async () => {
  const path = join(temporaryDirectory(), "report.json");
  await writeReport(report, { BACKUP_REPORT: path }, silentLogger());
  expect(await readReport(path)).toEqual(report);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("holds no secret, and stays whole although one looks like a figure in it", async () => {
  rememberSecret("planted-report");
  rememberSecret("34567");
  const path = join(temporaryDirectory(), "report.json");
  await writeReport(report, { BACKUP_REPORT: path }, silentLogger());
  expect(readFileSync(path, "utf8")).not.toContain("planted-report");
  expect(await readReport(path)).toMatchObject({
    warnings: ["the password is ********"],
    databases: [{ bytes: 123_456_789 }],
  });
});

test("that cannot be written is a warning, and nothing more", async () => {
  const lines: string[] = [];
  const log = createLogger({ format: "plain", level: "info", write: (line) => lines.push(line) });
  await writeReport(report, { BACKUP_REPORT: "/nonexistent/report.json" }, log);
  expect(lines).toEqual([
    expect.stringContaining("WARN  the run report could not be written to /nonexistent/report.json: ENOENT"),
  ]);
});

test("is not written where nobody asks for it", async () => {
  await expect(writeReport(report, { BACKUP_REPORT: "" }, silentLogger())).resolves.toBeUndefined();
  await expect(writeReport(report, {}, silentLogger())).resolves.toBeUndefined();
});

test.each(["", "{", "null", "[]", '{"schemaVersion": 1}', JSON.stringify({ ...report, schemaVersion: 2 })])(
  "is taken for none where the file holds %j",
  async (content) => {
    const path = join(temporaryDirectory(), "report.json");
    writeFileSync(path, content);
    expect(await readReport(path)).toBeUndefined();
  },
);

test("is taken for none where there is no file, and fields of later versions are passed over", async () => {
  const directory = temporaryDirectory();
  expect(await readReport(join(directory, "none"))).toBeUndefined();
  const path = join(directory, "report.json");
  writeFileSync(path, JSON.stringify({ ...report, later: true }));
  expect(await readReport(path)).toEqual(report);
  mkdirSync(join(directory, "directory"));
  await expect(readReport(join(directory, "directory"))).rejects.toMatchObject({ code: "EISDIR" });
});
