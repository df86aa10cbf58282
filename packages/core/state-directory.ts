import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where locks, job states and the spool lie unless `stateDir` says otherwise (see docs/reference/configuration.md). */
export function defaultStateDirectory(environment: NodeJS.ProcessEnv, userId = process.getuid?.()): string {
  if (userId === 0) return "/var/lib/backup-tools";
  const configured = environment.XDG_STATE_HOME ?? "";
  // The XDG base directory specification: relative paths are to be ignored.
  const base = isAbsolute(configured) ? configured : join(environment.HOME || homedir(), ".local", "state");
  return join(base, "backup-tools");
}
