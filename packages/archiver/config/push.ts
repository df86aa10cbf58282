import { retentionSchema } from "@catapullt/core/config/retention-schema";
import { absolutePathSchema } from "@catapullt/core/config/schema";
import { z } from "zod";
import { rateSchema } from "./limits.ts";
import { checkIdentity, sftpFields } from "./sftp.ts";

const sftpDestinationSchema = z
  .strictObject({
    ...sftpFields,
    path: z
      .string()
      .startsWith("/", { error: "expected the full path of a directory as this user sees it" })
      .meta({ description: "The directory that archives go into, as that user sees it; it is never made" }),
  })
  .superRefine(checkIdentity);

const localDestinationSchema = z.strictObject({
  type: z.literal("local"),
  path: absolutePathSchema.meta({
    description: "A directory of a mounted disk that archives go into; it is never made",
  }),
});

/** What `archiver push` sends, on an application host. */
export const pushSchema = z
  .strictObject({
    from: absolutePathSchema
      .default("/var/backups/backup-tools")
      .meta({ description: "The agent's workDir on this host" }),
    to: z
      .discriminatedUnion("type", [sftpDestinationSchema, localDestinationSchema])
      .meta({ description: "Where archives go: <path>/<application>/ on the backup host" }),
    retention: retentionSchema.prefault({ last: 1 }).meta({
      description: "Which of the archives that were sent stay on this host. An empty policy removes nothing",
    }),
    rate: rateSchema().optional().meta({ description: "Send at most so much per second. Default: no limit" }),
  })
  .meta({ description: "For an application host whose backup host cannot reach it: what `archiver push` sends" });

export type PushSettings = z.output<typeof pushSchema>;
export type Destination = PushSettings["to"];
