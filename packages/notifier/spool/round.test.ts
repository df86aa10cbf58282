import { rmSync } from "node:fs";
import { join } from "node:path";
import { createLogger } from "@catapullt/core/log/logger";
import { identifyProcess } from "@catapullt/core/process/process-identity";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, it } from "vitest";
import { notifyConfigSchema } from "../config.ts";
import { listRecipients } from "../dispatch/recipients.ts";
import { messages } from "../test/transport-fixtures.ts";
import type { SpoolEntry } from "./entry.ts";
import { collectLate } from "./round.ts";
import { spoolIn, storeEntry } from "./store.ts";

const config = notifyConfigSchema().parse({ transports: [{ type: "file", path: "/var/log/told" }] });
const [recipient] = listRecipients(config);

function entry(second: number, more: Partial<SpoolEntry> = {}): SpoolEntry {
  return {
    identity: recipient?.identity ?? "",
    type: "file",
    events: ["failure"],
    message: messages.failure,
    queuedAt: new Date(Date.UTC(2026, 10, 23, 2, 0, second)),
    tries: 0,
    lastFailure: undefined,
    sender: undefined,
    ...more,
  };
}

it("leaves alone what another notify has sent, and removed, since the spool was read", async () => {
  const stateDirectory = temporaryDirectory("state");
  const ended = { ...(await identifyProcess(process.pid)), startedAt: "1" };
  await storeEntry(stateDirectory, entry(1, { identity: "pagerduty-1", type: "pagerduty" }));
  const sent = await storeEntry(stateDirectory, entry(2, { sender: ended }));
  const left = await storeEntry(stateDirectory, entry(3, { sender: ended }));
  // The first entry is given up with a warning: that is when the spool has been read, and the second was not looked at.
  const warnings: string[] = [];
  const log = createLogger({
    format: "plain",
    level: "warn",
    write(line) {
      warnings.push(line);
      rmSync(join(spoolIn(stateDirectory), sent.name));
    },
  });
  const late = await collectLate({ config, environment: {}, stateDirectory, log });
  expect(warnings).toHaveLength(1);
  expect(late.map(({ name }) => name)).toEqual([left.name]);
});
