import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { PrivateHost } from "@catapullt/testkit/private-host";
import { writeFiles } from "@catapullt/testkit/write-files";
import { expect } from "vitest";
import { path, startHost } from "./lost-host.ts";

const agentYaml = `applications:
  intranet:
    type: generic
    version: { file: /srv/intranet/package.json, json: version }
    databases: [{ engine: sqlite, file: /srv/intranet/intranet.db, name: intranet }]
    paths: [/srv/intranet/uploads]
`;

/** The small application of one's own that the how-tos speak of: a database and a directory of uploads. */
export async function makeIntranet(host: PrivateHost): Promise<void> {
  writeFiles(host.root, {
    "/srv/intranet/package.json": '{ "version": "4.2.0" }\n',
    "/srv/intranet/uploads/2026/plan.pdf": "the plan\n",
    "/srv/intranet/uploads/logo.png": "the logo\n",
  });
  await runOn(
    host,
    `sqlite3 /srv/intranet/intranet.db "CREATE TABLE page (title TEXT); INSERT INTO page VALUES ('Canteen'), ('Holidays')"`,
  );
}

/** A host with that application, configured. */
export async function startIntranetHost(): Promise<PrivateHost> {
  const host = await startHost();
  await makeIntranet(host);
  writeFiles(host.root, {
    "/etc/backup-tools/agent.yaml": agentYaml,
    "/etc/backup-tools/notify.yaml": "transports: []\n",
  });
  mkdirSync(join(host.root, "var/backups/backup-tools"), { recursive: true });
  return host;
}

export interface RunOnOptions {
  environment?: Record<string, string>;
  /** How it must end. */
  exitCode?: number;
}

/** Runs lines of the shell on a host as its administrator; they must succeed unless told otherwise. Returns what they printed. */
export async function runOn(host: PrivateHost, script: string, options: RunOnOptions = {}): Promise<string> {
  const { environment = {}, exitCode = 0 } = options;
  const result = await host.run(["sh", "-ec", script], { environment: { PATH: path, HOME: "/root", ...environment } });
  expect(result.exitCode, `${script}\n${result.stdout}${result.stderr}`).toBe(exitCode);
  return result.stdout;
}
