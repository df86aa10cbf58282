import type { MessageDocument } from "../document.ts";

/** A message of which everything is known: what a template can take is what stands here. */
export const sampleDocument: MessageDocument = {
  schemaVersion: 1,
  id: "4d6ac7a0-0000-4000-8000-000000000000",
  kind: "run",
  time: "2026-11-23T02:03:05.000Z",
  job: "confluence",
  host: "wiki01",
  state: "failure",
  recovery: false,
  subject: "[backup] FAILED confluence on wiki01: exit code 1 after 3 min 5 s",
  summary: "exit code 1 after 3 min 5 s",
  exitCode: 1,
  startedAt: "2026-11-23T02:00:00.000Z",
  seconds: 185,
  problems: [{ text: "the dump ended early", hint: "look at the server's log" }],
  notes: ["Sent late: this happened 2 h ago."],
  warnings: ["2 files vanished while they were copied"],
  bytes: 1_234_000_000,
  archives: [
    {
      host: "wiki01",
      application: "confluence",
      name: "confluence_20261123T020000Z.tar.zst",
      path: "/var/backups/backup-tools/confluence/confluence_20261123T020000Z.tar.zst",
      bytes: 1_234_000_000,
      sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
      version: "8.5.4",
    },
  ],
  change: {
    previousBytes: 1_208_000_000,
    previousTime: "2026-11-22T02:00:00.000Z",
    difference: 26_000_000,
    percent: 2.2,
    isLastRun: true,
  },
  streak: { runs: 2, since: "2026-11-22T02:03:02.000Z" },
  log: ["dumping wikidb", "mysqldump: Lost connection to server"],
  text: "FAILED: confluence on wiki01\nexit code 1 after 3 min 5 s\n",
};
