import { durationSchema } from "@catapullt/core/config/schema";
import { z } from "zod";
import { events } from "../events.ts";

/** The keys that every transport has. */
export const commonSettings = {
  on: z
    .array(z.enum(events))
    .min(1, { error: `expected one or more of ${events.join(", ")}; leave the key out for all` })
    .optional()
    .meta({ description: "When to send: success, warning, failure, recovery. Default: always" }),
  timeout: durationSchema().prefault("60s").meta({ description: "How long a message may take, all tries included." }),
};
