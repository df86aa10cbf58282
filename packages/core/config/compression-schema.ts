import { z } from "zod";

const levels = {
  zstd: { lowest: 1, highest: 19, usual: 3 },
  gzip: { lowest: 1, highest: 9, usual: 6 },
} as const;

/** `{ format, level }` with the level that the format uses where none is given; 0 for `none`. */
export const compressionSchema = z
  .strictObject({
    format: z
      .enum(["zstd", "gzip", "none"])
      .default("zstd")
      .meta({ description: "zstd, gzip, or none for a plain tar file" }),
    level: z
      .int()
      .min(1)
      .max(19)
      .optional()
      .meta({ description: "1 to 19 for zstd (default 3), 1 to 9 for gzip (default 6)" }),
  })
  .transform(({ format, level }, context) => {
    if (format === "none" && level === undefined) return { format, level: 0 };
    const range = format === "none" ? undefined : levels[format];
    const chosen = level ?? range?.usual ?? 0;
    if (range !== undefined && chosen >= range.lowest && chosen <= range.highest) return { format, level: chosen };
    const expected =
      range === undefined
        ? "no level with format none"
        : `a whole number from ${range.lowest} to ${range.highest} for ${format}`;
    context.issues.push({
      code: "custom",
      message: `expected ${expected}, got ${level}`,
      input: level,
      path: ["level"],
    });
    return z.NEVER;
  })
  .meta({ description: "How archives are compressed" });
