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
