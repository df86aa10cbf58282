import { expect, it } from "vitest";
import { deriveJobName } from "./job-name.ts";

it.each([
  ["backup-agent confluence", "confluence"],
  ["/usr/local/bin/backup-agent backup wiki2 -v", "wiki2"],
  ["backup-agent --config /etc/a.yaml --log-format json jira", "jira"],
  ["backup-agent prune confluence", "backup-agent prune confluence"],
  ["backup-agent", "backup-agent"],
  ["archiver pull wiki01", "archiver pull"],
  ["archiver -c /etc/x.yaml check", "archiver check"],
  ["archiver", "archiver"],
  ["/srv/jobs/nightly.sh --fast", "nightly.sh"],
])("calls the job of `%s` %s", (line, name) => {
  expect(deriveJobName(line.split(" "))).toBe(name);
});
