import { chmodSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { buildConfluence, type ConfluenceOptions, confluenceDatabaseProperties } from "@catapullt/testkit/confluence";
import { type ConfluenceDatabaseOptions, confluenceDatabaseSql } from "@catapullt/testkit/confluence-database";
import type { ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import type { ProgramResult } from "@catapullt/testkit/programs";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { onTestFinished } from "vitest";
import type { DrillReport } from "../drill/report.ts";
import { createRestoreHost, type RestoreHost } from "./restore-host.ts";

export interface DrilledConfluence {
  host: RestoreHost;
  home: string;
  /** Paths of all attachment files, relative to the home. */
  attachments: string[];
}

let counter = 0;

/** A Confluence with a database of its own on this server, which goes away with the test. */
export async function createDrilledConfluence(
  server: ThrowawayMariadb,
  options: ConfluenceOptions & { database?: ConfluenceDatabaseOptions } = {},
): Promise<DrilledConfluence> {
  counter += 1;
  const database = `drill${counter}`;
  await server.execute(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  onTestFinished(async () => {
    await server.execute(`DROP DATABASE IF EXISTS ${database}`);
  });
  await server.execute(confluenceDatabaseSql(options.database), database);
  const host = createRestoreHost();
  const home = join(host.directory, "data", "home");
  const install = join(host.directory, "program", "install");
  const { attachments } = buildConfluence({
    ...options,
    home,
    install,
    properties: confluenceDatabaseProperties({
      url: `jdbc:mysql://127.0.0.1:${server.port}/${database}`,
      user: "root",
      password: "",
    }),
  });
  host.configure(`  confluence:\n    home: ${home}\n    install: ${install}`);
  return { host, home, attachments };
}

/** A directory for drills whose servers may pass through it, as through /var/tmp. */
export function drillDirectory(): string {
  const directory = temporaryDirectory("d");
  chmodSync(directory, 0o711);
  return directory;
}

export interface HeldDrill extends ProgramResult {
  /** What `--json` printed; undefined where no drill could be held. */
  report: DrillReport | undefined;
}

/** Holds a drill and reads its report. */
export async function holdDrill(
  host: RestoreHost,
  archive: string,
  { directory = drillDirectory(), args = [] }: { directory?: string; args?: readonly string[] } = {},
): Promise<HeldDrill> {
  const result = await host.run("--json", "drill", archive, "--directory", directory, ...args);
  return { ...result, report: result.stdout === "" ? undefined : (JSON.parse(result.stdout) as DrillReport) };
}

/** What of the processes on this host runs in a directory or has files in it open: identifiers and command lines. */
export function processesIn(directory: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => {
      try {
        const command = readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ");
        const places = [readlinkSync(`/proc/${id}/cwd`), ...openFiles(id)];
        const isIn = command.includes(directory) || places.some((place) => place.startsWith(directory));
        return isIn ? [`${id} ${command}`] : [];
      } catch {
        return [];
      }
    });
}

function openFiles(id: string): string[] {
  return readdirSync(`/proc/${id}/fd`).map((name) => readlinkSync(`/proc/${id}/fd/${name}`));
}
