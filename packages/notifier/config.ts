import type { ConfigDescription } from "@catapullt/core/config/load";
import { durationSchema, sizeSchema, stateDirSchema } from "@catapullt/core/config/schema";
import { checkExpectedTimes, expectedTimesKeys } from "@catapullt/core/schedule/expectation";
import { z } from "zod";
import { mailTemplatesSchema } from "./message/template-settings.ts";
import { remindSchema } from "./transports/common-settings.ts";
import { type TransportType, transportSettingsSchema, transportTypes } from "./transports/registry.ts";

const jobSchema = z
  .strictObject({
    ...expectedTimesKeys,
    longest: durationSchema()
      .optional()
      .meta({ description: "How long a run may take; one that takes longer is told as hanging. Default: no limit" }),
  })
  .superRefine(checkExpectedTimes);

const digestSchema = z.strictObject({
  archiver: z
    .union([
      z.boolean(),
      z.strictObject({
        command: z.tuple([z.string().min(1)], z.string()).meta({
          description: "What is run instead of `archiver check --json`, word by word",
          examples: [["/usr/bin/archiver", "check", "--json"]],
        }),
      }),
    ])
    .default(false)
    .meta({ description: "Whether the summary also says what `archiver check` says: on the backup host" }),
});

const spoolSchema = z.strictObject({
  messages: z.int().min(1).max(100_000).default(500).meta({ description: "How many wait at most" }),
  size: sizeSchema().prefault("20MB").meta({ description: "How much room they take at most" }),
  keep: durationSchema().prefault("14d").meta({ description: "How long one is tried before it is given up" }),
});

/** `notify.yaml` with transports of these types. */
const fileSchema = (types: readonly TransportType[]) =>
  z.strictObject({
    templates: mailTemplatesSchema.meta({
      description: "Forms of your own for all messages about jobs; `html` is for mails alone",
    }),
    remind: remindSchema.meta({
      description:
        "How often to tell of a job that goes on failing in the same way, for transports that say nothing of their own. Default: every time",
    }),
    jobs: z
      .record(z.string().min(1), jobSchema)
      .default({})
      .meta({ description: "When jobs are expected to run, by their names: for `notify check` and `notify digest`" }),
    digest: digestSchema.prefault({}).meta({ description: "What `notify digest` tells besides this host's jobs" }),
    transports: z
      .array(transportSettingsSchema(types))
      .default([])
      .meta({ description: "Where messages go; each gets them on its own" }),
    spool: spoolSchema.prefault({}).meta({
      description:
        "Messages that could not be sent, which wait in `stateDir`. When there is no more room, the oldest successes go first",
    }),
    stateDir: stateDirSchema,
  });

/** The configuration, where its transports are of these types. */
export const notifyConfigSchema = (types: readonly TransportType[] = transportTypes) =>
  fileSchema(types).transform((config) => ({
    ...config,
    transports: config.transports.map((transport) => ({
      ...transport,
      templates: { ...config.templates, ...transport.templates },
    })),
  }));

export type NotifyConfig = z.infer<ReturnType<typeof notifyConfigSchema>>;

export const notifyConfigDescription: ConfigDescription<NotifyConfig> = {
  program: "notify",
  environmentPrefix: "NOTIFY",
  get schema() {
    return notifyConfigSchema();
  },
  schemaFor: (document, environment) => notifyConfigSchema(usedTypes(document, environment)),
};

/** The types of a document's transports; all where any of them is not known before the whole is read. */
function usedTypes(document: unknown, environment: NodeJS.ProcessEnv): readonly TransportType[] {
  const transports = (document as { transports?: unknown } | null)?.transports;
  const isOverridden = Object.keys(environment).some((name) => name.startsWith("NOTIFY__TRANSPORTS"));
  if (!Array.isArray(transports) || transports.length === 0 || isOverridden) return transportTypes;
  const named = transports.map((transport) => transportTypes.find((type) => type === transport?.type));
  const used = [...new Set(named)];
  return used.every((type) => type !== undefined) ? used : transportTypes;
}

/** What to do where no transport is configured. */
export const firstTransportHint = `write /etc/backup-tools/notify.yaml, for example:
transports:
  - type: smtp
    host: mail.example.com
    from: backup@example.com
    to: [admin@example.com]`;
