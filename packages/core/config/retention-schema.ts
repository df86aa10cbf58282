import { z } from "zod";
import { durationSchema } from "./schema.ts";

const count = () => z.int().min(0).max(1_000_000).optional();

/** Which archives are kept: see `retention/policy`. An empty policy removes nothing. */
export const retentionSchema = z
  .strictObject({
    last: count().meta({ description: "Keep the newest n archives" }),
    hourly: count().meta({ description: "Keep the newest archive of each of the last n hours that have one" }),
    daily: count().meta({ description: "Keep the newest archive of each of the last n days that have one" }),
    weekly: count().meta({ description: "Keep the newest archive of each of the last n ISO weeks that have one" }),
    monthly: count().meta({ description: "Keep the newest archive of each of the last n months that have one" }),
    yearly: count().meta({ description: "Keep the newest archive of each of the last n years that have one" }),
    within: durationSchema().optional().meta({ description: "Keep every archive that is not older than this" }),
  })
  .meta({
    description: "Which archives are kept: those that any of the rules keeps. An empty policy removes nothing",
    examples: [{ last: 3, daily: 7, weekly: 4, monthly: 12, yearly: 2 }],
  });
