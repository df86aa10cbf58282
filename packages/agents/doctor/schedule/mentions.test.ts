import { expect, test } from "vitest";
import { backsUp } from "./mentions.ts";

test.each([
  "backup-agent confluence",
  "notify -- backup-agent confluence",
  "/usr/local/bin/backup-agent backup confluence",
  "notify --name nightly -- backup-agent --config /etc/a.yaml -q confluence >/dev/null 2>&1",
  'sh -c "backup-agent confluence && true"',
  'for app in jira confluence; do backup-agent "$app"; done',
])("%s backs it up", (command) => {
  expect(backsUp(command, "confluence")).toBe(true);
});

test.each([
  "backup-agent jira",
  "backup-agent confluence2",
  "backup-agent prune confluence",
  "backup-agent doctor confluence",
  "backup-agent --config confluence jira",
  "my-backup-agent confluence",
  'for app in jira wiki; do backup-agent "$app"; done; echo myconfluence',
  "rsync /confluence nas:",
])("%s does not", (command) => {
  expect(backsUp(command, "confluence")).toBe(false);
});
