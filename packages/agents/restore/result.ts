import type { KeptContent } from "../databases/engine.ts";
import type { RestoreStep } from "./plan.ts";

/** What a restore did. */
export interface RestoreResult {
  restored: Pick<RestoreStep, "what" | "to" | "bytes">[];
  /** Old content, all of it: nothing is deleted. */
  kept: KeptContent[];
  /** What the vendor says to do now, one step an entry. */
  next: string[];
  /** What an administrator should know although it was restored. */
  warnings: string[];
  seconds: number;
}
