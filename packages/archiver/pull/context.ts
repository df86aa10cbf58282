import type { Logger } from "@catapullt/core/log/logger";
import type { ProgressBoard } from "@catapullt/core/progress/board";
import type { Catalog } from "../catalog/catalog.ts";
import type { HostConfig } from "../config/schema.ts";
import type { Vault } from "../vault/vault.ts";
import type { Pace } from "../verify/pace.ts";
import type { SpaceLedger } from "./space.ts";

export interface HostTask {
  host: string;
  settings: HostConfig;
}

export interface PullContext {
  vault: Vault;
  space: SpaceLedger;
  progress: ProgressBoard;
  environment: NodeJS.ProcessEnv;
  log: Logger;
  signal: AbortSignal;
  keepRemote: boolean;
  /** The archive of this name that `prune` has removed from the vault. Asked for with `keepRemote` only. */
  prunedAs: Catalog["prunedAs"];
  /** Bytes per second from all hosts together; undefined: no limit. `paceAll` keeps it. */
  rate: number | undefined;
  paceAll: Pace;
  /** Bytes that the vault may hold of a host without a `quota` of its own. */
  quota: number | undefined;
  retries: number;
  /** Milliseconds. */
  retryDelay: number;
}
