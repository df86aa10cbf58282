import { lastRunSchema } from "@catapullt/core/report/last-run";
import { z } from "zod";

const moment = z.iso.datetime({ precision: 3 });

const applicationSightingSchema = z.object({
  /** What the agent's last backup left; null where it left nothing that can be understood. */
  lastRun: lastRunSchema.nullable(),
  /** Finished archives that still lay at the host when the visit ended, and why; not those that were left there on purpose. */
  waiting: z.array(z.object({ name: z.string(), reason: z.string() })),
  /** Archives without a sidecar: being written, or left by a run that died. */
  unfinished: z.array(z.string()),
});

/**
 * What the last pull saw at a host: `<vault>/.archiver/hosts/<host>.json`, replaced by each visit. All times but those in
 * `lastRun` are the backup host's. What comes from the host is untrusted.
 */
export const hostSightingSchema = z.object({
  /** When a pull last came to this host. */
  visitedAt: moment,
  /** When one last saw the work directory; null where none has. */
  reachedAt: moment.nullable(),
  /** Why the last visit did not see it, or could not fetch everything. */
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** How far the host's clock is ahead of this one, in seconds (negative: behind), and when that was measured. */
  clock: z.object({ offset: z.number(), measuredAt: moment }).nullable(),
  /** As they were when the host was last reached. */
  applications: z.record(z.string(), applicationSightingSchema),
});

export type HostSighting = z.infer<typeof hostSightingSchema>;
export type ApplicationSighting = z.infer<typeof applicationSightingSchema>;
