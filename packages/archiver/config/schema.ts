import { homedir } from "node:os";
import { join } from "node:path";
import type { ConfigDescription } from "@catapullt/core/config/load";
import { retentionSchema } from "@catapullt/core/config/retention-schema";
import {
  absolutePathSchema,
  applicationNameSchema,
  durationSchema,
  sizeSchema,
  stateDirSchema,
} from "@catapullt/core/config/schema";
import { z } from "zod";
import { expectationSchema } from "./expectation.ts";
import { hostLimitFields, rateSchema } from "./limits.ts";
import { pushSchema } from "./push.ts";
import { checkIdentity, sftpFields } from "./sftp.ts";
import { clockSchema, sizesSchema, spaceSchema } from "./thresholds.ts";

/** A host's name in the configuration: a directory of the vault is called so. */
export const hostNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/, {
  error: "expected a host name of letters, digits, dots, dashes and underscores that starts with a letter or digit",
});

const expectSchema = z
  .record(applicationNameSchema, expectationSchema)
  .default({})
  .meta({ description: "Backups that are expected from this host, by application" });

const sftpHostSchema = z
  .strictObject({
    ...sftpFields,
    path: z
      .string()
      .startsWith("/", { error: "expected the full path of the agent's workDir as this user sees it" })
      .meta({ description: "The agent's workDir as that user sees it" }),
    ...hostLimitFields,
    expect: expectSchema,
  })
  .superRefine(checkIdentity);

const localHostSchema = z.strictObject({
  type: z.literal("local"),
  path: absolutePathSchema.meta({ description: "A mounted directory: the agent's workDir" }),
  ...hostLimitFields,
  expect: expectSchema,
});

export const archiverSchema = z.strictObject({
  vault: absolutePathSchema.meta({ description: "Where the archives are kept: <vault>/<host>/<application>/" }),
  hosts: z
    .record(hostNameSchema, z.discriminatedUnion("type", [sftpHostSchema, localHostSchema]))
    .default({})
    .meta({ description: "The hosts to pull from, by the name that their directory in the vault has" }),
  concurrency: z.int().min(1).max(64).default(4).meta({ description: "How many hosts are pulled from at once" }),
  retries: z
    .int()
    .min(0)
    .max(20)
    .default(2)
    .meta({ description: "How often a host is connected to again after its connection was lost or it did not answer" }),
  retryDelay: durationSchema()
    .prefault("5s")
    .meta({ description: "How long to wait before that; twice as long each time, up to 5 minutes" }),
  rate: rateSchema()
    .optional()
    .meta({ description: "Fetch at most so much per second from all hosts together. Default: no limit" }),
  quota: sizeSchema().optional().meta({
    description: "The vault holds at most so much of each host that has no `quota` of its own. Default: no limit",
  }),
  retention: retentionSchema.default({}),
  sizes: sizesSchema.optional(),
  space: spaceSchema,
  clock: clockSchema,
  push: pushSchema.optional(),
  stateDir: stateDirSchema,
});

export type ArchiverConfig = z.output<typeof archiverSchema>;
export type HostConfig = ArchiverConfig["hosts"][string];
export type SftpHostConfig = Extract<HostConfig, { type: "sftp" }>;

export const archiverConfigDescription: ConfigDescription<ArchiverConfig> = {
  program: "archiver",
  environmentPrefix: "ARCHIVER",
  schema: archiverSchema,
};

const pushOnlySchema = archiverSchema.partial({ vault: true });

/** The configuration of a host that pushes: it needs no vault. */
export const pushConfigDescription: ConfigDescription<z.output<typeof pushOnlySchema>> = {
  ...archiverConfigDescription,
  schema: pushOnlySchema,
};

const eitherSchema = pushOnlySchema.superRefine(({ vault, push }, context) => {
  if (vault !== undefined || push !== undefined) return;
  const message = "missing; expected a full path such as /srv/backups, or `push` on a host that only pushes";
  context.addIssue({ code: "custom", path: ["vault"], message });
});

/** What the file may hold, whichever commands it is for. */
export const configFileDescription: ConfigDescription<z.output<typeof eitherSchema>> = {
  ...archiverConfigDescription,
  schema: eitherSchema,
};

/** Where host keys are looked up for a host without `knownHostsFile`, as OpenSSH does. */
export function defaultKnownHostsFiles(environment: NodeJS.ProcessEnv): [string, string] {
  return [join(environment.HOME || homedir(), ".ssh", "known_hosts"), "/etc/ssh/ssh_known_hosts"];
}
