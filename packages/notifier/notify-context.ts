import type { Logger } from "@catapullt/core/log/logger";
import type { NotifyConfig } from "./config.ts";

/** What all that tells somebody something works with. */
export interface NotifyContext {
  config: NotifyConfig;
  environment: NodeJS.ProcessEnv;
  stateDirectory: string;
  log: Logger;
}
