import type { Terminal } from "@catapullt/core/cli/terminal";
import type { Logger } from "@catapullt/core/log/logger";
import type { PushSettings } from "../config/push.ts";

export interface PushContext {
  settings: PushSettings;
  /** The file of what was sent. */
  recordsFile: string;
  environment: NodeJS.ProcessEnv;
  log: Logger;
  terminal: Terminal;
  signal: AbortSignal;
  keepLocal: boolean;
  again: boolean;
  retries: number;
  /** Milliseconds. */
  retryDelay: number;
}
