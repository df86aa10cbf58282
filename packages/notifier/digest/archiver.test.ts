import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLogger } from "@catapullt/core/log/logger";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, it } from "vitest";
import { askArchiver } from "./archiver.ts";
import { describeCounts } from "./entry.ts";

const wiki = { host: "wiki01", application: "confluence" };
const newest = { time: "2026-11-24T02:00:00.000Z", bytes: 4_120_000_000 };

/** Runs a program of this text in the archiver's place. */
async function ask(script: string) {
  const program = join(temporaryDirectory("archiver"), "archiver");
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const logged: string[] = [];
  const log = createLogger({ format: "plain", level: "warn", write: (text) => logged.push(text) });
  const environment = { ...process.env, BACKUP_REPORT: "/nonexistent" };
  const { signal } = new AbortController();
  const entries = await askArchiver([program, "check", "--json"], { environment, signal, log });
  return { entries, logged: logged.join("") };
}

const answer = (verdict: object, exitCode: number) =>
  ask(`cat <<'EOF'\n${JSON.stringify(verdict)}\nEOF\nexit ${exitCode}`);

it("counts every application of a healthy vault", async () => {
  const { entries, logged } = await answer(
    { healthy: true, findings: [], applications: [{ ...wiki, state: "ok", ...newest }], more: 1 },
    0,
  );
  const details = "newest 2026-11-24 02:00:00 UTC, 4.12 GB";
  expect(entries).toEqual([{ name: "wiki01/confluence", source: "archiver", kind: "ok", reason: undefined, details }]);
  expect(logged).toBe("");
});

it("counts what is stale or missing as overdue, any other finding as failed, also of a host or the vault", async () => {
  const jira = { host: "wiki01", application: "jira" };
  const findings = [
    { ...wiki, kind: "stale", message: "no backup since …" },
    { ...jira, kind: "stale", message: "late" },
    { ...jira, kind: "shrunk", message: "half" },
    { host: "wiki02", application: "", kind: "unreachable", message: "no answer" },
    { host: "", application: "", kind: "space", message: "full in 3 days" },
    { host: "gone", application: "gitea", kind: "missing", message: "never" },
  ];
  const applications = [
    { ...wiki, state: "stale", time: null, bytes: null },
    { ...jira, state: "stale", ...newest },
  ];
  const { entries } = await answer({ healthy: false, findings, applications }, 1);
  expect(entries.map(({ name, kind, reason }) => [name, kind, reason])).toEqual([
    ["wiki02", "failed", "unreachable: no answer"],
    ["vault", "failed", "space: full in 3 days"],
    ["gone/gitea", "overdue", "missing: never"],
    ["wiki01/confluence", "overdue", "stale: no backup since …"],
    ["wiki01/jira", "failed", "stale: late\nshrunk: half"],
  ]);
  expect(describeCounts(entries)).toBe("0 OK, 3 failed, 2 overdue");
});

it("makes do with what the contract promises, and never takes what is not healthy for healthy", async () => {
  const only = await answer({ healthy: false, findings: [{ ...wiki, kind: "stale", message: "late" }] }, 1);
  expect(only.entries).toMatchObject([{ name: "wiki01/confluence", kind: "overdue" }]);
  const silent = await answer({ healthy: false, findings: [] }, 1);
  expect(silent.entries).toMatchObject([{ name: "archiver check", kind: "failed" }]);
  const unknown = await answer({ healthy: true, findings: [], applications: [{ ...wiki, state: "odd" }] }, 0);
  expect(unknown.entries).toMatchObject([{ name: "wiki01/confluence", kind: "failed", reason: "odd" }]);
});

it.each([
  ["a bad configuration", "echo 'vault: missing' >&2; exit 2", "exit code 2: vault: missing"],
  ["a held lock", "exit 4", "exit code 4"],
  ["a crash", "kill -9 $$", "ended by SIGKILL"],
  ["an answer that is no JSON", "echo hello", "it printed no verdict"],
  ["an answer that is no verdict", "echo '[]'", "it printed no verdict"],
  ["half an answer", "echo '{\"healthy\": true,'; exit 1", "exit code 1"],
])("tells of %s as a failure", async (_, script, reason) => {
  const { entries, logged } = await ask(script);
  expect(entries).toMatchObject([{ name: "archiver check", kind: "failed", reason }]);
  expect(logged).toContain(`check --json failed: ${reason}`);
});

it("says what to configure where there is no archiver, and keeps the report's place from it", async () => {
  const { signal } = new AbortController();
  const log = createLogger({ format: "plain", level: "warn", write: () => {} });
  const [entry] = await askArchiver(["/nonexistent/archiver"], { environment: {}, signal, log });
  expect(entry?.reason).toMatch(/could not be started.*give the full path, as digest: \{ archiver: \{ command: /);
  const { entries } = await ask(`echo "report: $BACKUP_REPORT" >&2; exit 2`);
  expect(entries).toMatchObject([{ reason: "exit code 2: report:" }]);
});
