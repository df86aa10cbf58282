import { z } from "zod";

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
 * `removed`: after that, archive and sidecar were removed at the host.
 * `verified`: read again in the vault, whole, and with the hash of its sidecar.
 * `quarantined`: found damaged in the vault and moved to `path`, relative to the vault.
 * `pruned`: about to be removed from the vault, since no rule of the retention keeps it.
 * `proven`: restored by a drill without a finding; `seconds` is how long the recovery took. `disproven`: a drill has findings.
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
  z.object({ ...identity, event: z.literal("removed"), source: z.string() }),
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
]);

export type Receipt = z.infer<typeof receiptSchema>;

/** The receipts in a file's text. Lines that a crash cut off, or that a later version wrote, are left out. */
export function parseReceipts(text: string): Receipt[] {
  return text.split("\n").flatMap((line) => {
    const parsed = receiptSchema.safeParse(parseJson(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
