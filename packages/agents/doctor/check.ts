import type { LoadedConfig } from "@catapullt/core/config/load";
import type { Logger } from "@catapullt/core/log/logger";
import type { Host } from "../applications/host.ts";
import type { LocatedApplication } from "../applications/type.ts";
import type { ResolvedApplication } from "../config/resolve.ts";
import type { AgentConfig } from "../config/schema.ts";
import type { Finding } from "./finding.ts";
import type { TreesSample } from "./tree-sample.ts";

/** What checks of the host as a whole look at. */
export interface HostSubject {
  config: AgentConfig;
  loaded: LoadedConfig<AgentConfig>;
  /** The application that was asked for; undefined where all are looked at. */
  only: string | undefined;
  workDirectory: string;
  stateDirectory: string;
  host: Host;
  environment: NodeJS.ProcessEnv;
  log: Logger;
  now: Date;
}

/** What checks of one application look at. */
export interface ApplicationSubject extends HostSubject {
  application: ResolvedApplication;
  located: LocatedApplication;
  /** Its part of the work directory, which need not exist. */
  directory: string;
  /** Looks at the trees, once for all checks. */
  sampleTrees(): Promise<TreesSample>;
}

/** One question. It changes nothing, and connects to nothing but the application's databases. */
export interface Check<Subject> {
  /** As it stands in the report: `work-directory`. */
  name: string;
  /** Milliseconds after which it is given up. */
  limit: number;
  /** Throws `OperationError` for what a backup would end with. Empty where there is nothing to tell. */
  look(subject: Subject, signal: AbortSignal): Promise<Finding[]>;
}
