import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BackupHost, createBackupHost } from "./backup-host.ts";
import type { SampleArchive } from "./sample-archive.ts";
import { putWholeArchive } from "./whole-archive.ts";

/** Where damaged archives of wiki01 go. */
export const quarantine = (host: BackupHost, application = "wiki") =>
  join(host.vault, ".archiver", "quarantine", "wiki01", application);

/** Damages an archive in its middle. */
export function flipByte({ path, content }: SampleArchive): void {
  const changed = Buffer.from(content);
  const middle = Math.floor(changed.length / 2);
  changed.writeUInt8(changed.readUInt8(middle) ^ 0x10, middle);
  chmodSync(path, 0o640);
  writeFileSync(path, changed);
}

/** A vault with three whole archives of wiki01. */
export async function createVerifiableVault() {
  const host = createBackupHost();
  host.configure({ wiki01: { type: "local", path: host.work } });
  const directory = join(host.vault, "wiki01");
  const older = await putWholeArchive(directory, { time: "2026-11-22T02:00:00Z" });
  const newer = await putWholeArchive(directory, { time: "2026-11-23T02:00:00Z" });
  const jira = await putWholeArchive(directory, { application: "jira" });
  return { host, directory, older, newer, jira };
}
