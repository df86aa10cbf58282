import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { startGuardedServer } from "@catapullt/core/process/guard";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, onTestFinished, test } from "vitest";
import { refuseEndedServer } from "./ended-server.ts";

const lost = new OperationError("restore-failed", "lost connection to server during query");

function server(...command: string[]) {
  const log = join(temporaryDirectory("ended-server"), "server.log");
  writeFileSync(log, "");
  const guard = startGuardedServer({ command, log });
  onTestFinished(() => guard.end());
  return { title: "MariaDB 10.11.19", process: { ended: guard.ended, log } };
}

test("tells that the server is gone, and what it printed at last", async () => {
  await expect(refuseEndedServer(lost, server("sh", "-c", "echo out of memory; exit 1"))).rejects.toMatchObject({
    code: "drill-failed",
    message: expect.stringMatching(/MariaDB 10\.11\.19, ended while .*lost connection[\s\S]*out of memory/),
    hint: expect.stringContaining("nothing about the archive"),
  });
});

test("says nothing of a server that runs, or where there is none", async () => {
  await refuseEndedServer(lost, server("sleep", "60"));
  await refuseEndedServer(lost, { title: "SQLite", process: undefined });
});
