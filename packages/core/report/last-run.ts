import { z } from "zod";

export const lastRunSchemaVersion = 1;

/** In the agent's work directory, beside an application's archives: `<workDir>/<application>/.last-run.json`. */
export const lastRunFile = ".last-run.json";

/** No last run is longer; what is longer is none. */
export const lastRunSizeLimit = 16 * 1024;

const moment = z.iso.datetime({ precision: 3 });

/**
 * What the agent leaves beside an application's archives when a backup begins, and again when it ends, so that who fetches
 * the archives sees why there is none. Times are those of the application host's clock. Readers ignore fields that they do not know.
 */
export const lastRunSchema = z.object({
  schemaVersion: z.literal(lastRunSchemaVersion),
  application: z.string(),
  /** `running` stays where a run was killed or its host went down. */
  state: z.enum(["running", "succeeded", "failed"]),
  startedAt: moment,
  /** Null while it is running. */
  endedAt: moment.nullable(),
  /** Base name of the archive that it made. */
  archive: z.string().nullable(),
  /** Size of the newest archive that a run made, this one or one before it; null or absent where it is not known. */
  newestBytes: z.int().nonnegative().nullable().optional(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export type LastRun = z.infer<typeof lastRunSchema>;
