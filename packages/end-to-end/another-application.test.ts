import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeTree } from "@catapullt/testkit/describe-tree";
import { writeFiles } from "@catapullt/testkit/write-files";
import { expect, test } from "vitest";
import { readCrontab } from "./crontab.ts";
import { readCodeBlocks } from "./document.ts";
import { makeIntranet, runOn } from "./intranet-host.ts";
import { startHost } from "./lost-host.ts";

test("docs/how-to/back-up-another-application.md, followed literally, ends with an archive that is proven", {
  timeout: 120_000,
}, async () => {
  const host = await startHost();
  await makeIntranet(host);
  writeFiles(host.root, {
    "/srv/intranet/config/intranet.ini": "secret = 42\n",
    "/srv/intranet/uploads/cache/thumbnail.png": "disposable\n",
    "/srv/intranet/uploads/2026/half.tmp": "disposable\n",
    "/srv/intranet/bin/maintenance": '#!/bin/sh\necho "$1" >> /var/tmp/maintenance.txt\n',
    "/etc/backup-tools/notify.yaml": "transports: []\n",
  });
  await runOn(host, "chmod 755 /srv/intranet/bin/maintenance; mkdir -p /var/backups/backup-tools");

  let archive = "";
  const outputs: string[] = [];
  for (const { language, content, named = "" } of readCodeBlocks("how-to/back-up-another-application.md")) {
    if (named.startsWith("/etc/")) writeFiles(host.root, { [named]: content });
    if (language !== "sh") continue;
    const output = await runOn(host, content.replace("ARCHIVE", archive));
    archive = /^\/var\/backups\/\S+\.tar\.zst$/m.exec(output)?.[0] ?? archive;
    outputs.push(output);
  }

  const [tried = "", inspected = "", drilled = ""] = outputs;
  expect(tried).toContain("nothing here would make tonight's backup fail: 1 warning");
  expect(inspected).toContain("intranet.ini");
  expect(inspected).not.toMatch(/thumbnail\.png|half\.tmp/);
  expect(drilled).toContain("proven: a restore takes");
  expect(readFileSync(join(host.root, "var/tmp/maintenance.txt"), "utf8")).toBe("on\noff\n");
  expect(Object.keys(describeTree(join(host.root, "srv/try")))).toContain("files/uploads/2026/plan.pdf");
  const { jobs } = readCrontab(readFileSync(join(host.root, "etc/cron.d/backup-tools"), "utf8"));
  expect(jobs).toHaveLength(1);
  for (const { command } of jobs) await runOn(host, command);
});
