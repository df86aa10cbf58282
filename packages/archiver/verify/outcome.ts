import type { ReportedFailure } from "@catapullt/core/report/schema";
import type { StoredArchive } from "../vault/vault.ts";

/**
 * What was found of one archive. `failed`: it could not be judged, or lies where it lay although it is damaged.
 * `gone`: another command has removed it meanwhile.
 */
export interface VerifyOutcome extends StoredArchive {
  result: "whole" | "quarantined" | "failed" | "gone";
  /** How long it took to read it. */
  seconds: number;
  warning?: string;
  failure?: ReportedFailure;
  /** Where it lies now, relative to the vault. */
  quarantine?: string;
}

export interface VerifyRun {
  outcomes: VerifyOutcome[];
  /** Hosts whose part of the vault cannot be read. */
  failures: ReportedFailure[];
  /** How many archives of these hosts the vault holds, with those that were not looked at. */
  held: number;
  /** Of the whole run. */
  seconds: number;
}
