import { homedir } from "node:os";
import { join } from "node:path";

/** Where locks, job states and the spool lie unless `stateDir` says otherwise (see docs/reference/configuration.md). */
export function defaultStateDirectory(environment: NodeJS.ProcessEnv, userId = process.getuid?.()): string {
  if (userId === 0) return "/var/lib/backup-tools";
  const base = environment.XDG_STATE_HOME || join(environment.HOME || homedir(), ".local", "state");
  return join(base, "backup-tools");
}
