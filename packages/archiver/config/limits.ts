import { durationSchema, sizeSchema } from "@catapullt/core/config/schema";
import { z } from "zod";

/** Bytes per second. */
export function rateSchema() {
  return sizeSchema().refine((bytes) => bytes > 0, { error: "expected a size of more than nothing" });
}

/** How much of everything a pull from one host may take. */
export const hostLimitFields = {
  concurrency: z.int().min(1).max(256).default(32).meta({
    description: "How many small archives of this host are fetched at once; large ones come one after the other",
  }),
  rate: rateSchema()
    .optional()
    .meta({ description: "Fetch at most so much per second from this host. Default: no limit" }),
  quota: sizeSchema().optional().meta({
    description:
      "The vault holds at most so much of this host: nothing is fetched beyond. Default: `quota` for all hosts",
  }),
  timeout: durationSchema().prefault("24h").meta({
    description: "How long a pull from this host may take; what it has not fetched then is left for the next one",
  }),
};
