import { describeValue } from "@catapullt/core/config/problem-text";
import { durationSchema, sizeSchema } from "@catapullt/core/config/schema";
import { z } from "zod";

/** A share such as `30%`; gives a number such as 0.3. */
function shareSchema(highest: number) {
  const complain = (value: unknown) =>
    `expected a percentage from 1% to ${highest}% such as 30%, got ${describeValue(value)}`;
  return z
    .string({ error: (issue) => complain(issue.input) })
    .meta({ examples: ["30%"] })
    .transform((text, context) => {
      const percent = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim())?.[1]);
      if (percent >= 1 && percent <= highest) return percent / 100;
      context.issues.push({ code: "custom", message: complain(text), input: text });
      return z.NEVER;
    });
}

const mostCompared = 200;

/** How far an archive's size may be from those before it. What is absent is learned, or the default. `false`: anything goes. */
export const sizesSchema = z
  .union([
    z.literal(false),
    z.strictObject({
      compare: z
        .int({ error: (issue) => `expected a whole number, got ${describeValue(issue.input)}` })
        .min(5, { error: "expected at least 5: nothing can be said of fewer" })
        .max(mostCompared, { error: `expected at most ${mostCompared}` })
        .optional()
        .meta({ description: "With how many earlier archives of its application one is compared. Default: 20" }),
      floor: sizeSchema().optional().meta({ description: "A smaller difference is none. Default: 1MB" }),
      shrunk: shareSchema(100)
        .optional()
        .meta({ description: "A larger loss is told of. Default: learned from the spread, 20% or more" }),
      grown: shareSchema(100_000)
        .optional()
        .meta({ description: "A larger growth is told of. Default: learned from the spread, 50% or more" }),
    }),
  ])
  .meta({
    description: "How far sizes may be from those of earlier archives; false: they may be anything",
    examples: [{ floor: "10MB", shrunk: "20%" }, false],
  });

export type SizeSettings = z.output<typeof sizesSchema>;

/** How far sizes may vary, after what is said for all and for one application has been joined. */
export interface SizeLimits {
  compare: number;
  /** Bytes. */
  floor: number;
  /** Share of the usual size; undefined where the limit is learned. */
  shrunk: number | undefined;
  grown: number | undefined;
}

const defaultLimits: SizeLimits = { compare: 20, floor: 1_000_000, shrunk: undefined, grown: undefined };

/** An application's own settings go before those for all. Undefined where sizes may be anything. Pure. */
export function sizeLimits(general: SizeSettings | undefined, own: SizeSettings | undefined): SizeLimits | undefined {
  if (own === false || (general === false && own === undefined)) return undefined;
  return { ...defaultLimits, ...withoutAbsent(general || {}), ...withoutAbsent(own ?? {}) };
}

function withoutAbsent(settings: object): Partial<SizeLimits> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

export const spaceSchema = z
  .strictObject({
    warn: durationSchema()
      .prefault("14d")
      .meta({ description: "The vault must not be full sooner than in this time, as it grows now" }),
  })
  .prefault({})
  .meta({ description: "When the vault's free space is a finding of `archiver check`" });

export const clockSchema = z
  .strictObject({
    warn: durationSchema().prefault("60s").meta({ description: "A host's clock must not be wrong by more" }),
  })
  .prefault({})
  .meta({ description: "When a host's clock is a finding of `archiver check`" });
