import { z } from "zod";
import { contentsSchema } from "./contents.ts";

const moment = z.iso.datetime({ precision: 3 });
const identity = {
  at: moment,
  host: z.string(),
  application: z.string(),
  name: z.string(),
  bytes: z.int().nonnegative(),
  sha1: z.string(),
};

/**
 * One line of `<vault>/.archiver/receipts.jsonl`, which is only ever added to.
 * `stored`: the archive's hash was checked as it arrived (or, where `seconds` is null, as it was read again in the vault), and archive and sidecar are durable.
 * `described`: what the manifest of an archive in the vault says.
 * `removed`: after that, archive and sidecar were removed at the host; `proof` says which copy had been found whole, and when.
 * `verified`: read again in the vault, whole, and with the hash of its sidecar.
 * `quarantined`: found damaged in the vault and moved to `path`, relative to the vault.
 * `pruned`: about to be removed from the vault, since no rule of the retention keeps it.
 * `proven`: restored by a drill without a finding; `seconds` is how long the recovery took. `disproven`: a drill has findings.
 * `accepted`: somebody says that this archive's size is right, however much it differs from those before it.
 * `renamed`: the directory of the host `from` is that of `to` from now on, with all that was recorded of it.
 */
export const receiptSchema = z.discriminatedUnion("event", [
  z.object({
    ...identity,
    event: z.literal("stored"),
    /** Where it came from, such as `backup@wiki01:/var/backups/backup-tools`. */
    source: z.string(),
    /** How long the transfer took; null where it is not known. */
    seconds: z.number().nonnegative().nullable(),
    version: z.string().nullable(),
    verifiedAt: moment,
  }),
  z.object({ ...identity, event: z.literal("described"), contents: contentsSchema }),
  z.object({
    ...identity,
    event: z.literal("removed"),
    source: z.string(),
    /** The vault's copy, relative to the vault, and when it was last found to have this hash. */
    proof: z.object({ path: z.string(), verifiedAt: moment }).optional(),
  }),
  z.object({ ...identity, event: z.literal("verified") }),
  z.object({ ...identity, event: z.literal("quarantined"), path: z.string(), reason: z.string() }),
  z.object({ ...identity, event: z.literal("pruned"), reasons: z.array(z.string()) }),
  z.object({
    ...identity,
    event: z.literal("proven"),
    seconds: z.number().nonnegative(),
    covers: z.array(z.enum(["database", "files"])),
  }),
  z.object({ ...identity, event: z.literal("disproven"), findings: z.array(z.string()) }),
  z.object({ ...identity, event: z.literal("accepted") }),
  z.object({ at: moment, event: z.literal("renamed"), from: z.string(), to: z.string() }),
]);

export type Receipt = z.infer<typeof receiptSchema>;
/** A receipt about one archive. */
export type ArchiveReceipt = Exclude<Receipt, { event: "renamed" }>;

/** A receipt and where its line begins, in bytes from the journal's start. */
export interface NumberedReceipt {
  receipt: Receipt;
  offset: number;
}

/** The receipt in a line; undefined where a crash cut it off, or a later version wrote it. */
export function parseReceipt(line: string): Receipt | undefined {
  return receiptSchema.safeParse(parseJson(line)).data;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
