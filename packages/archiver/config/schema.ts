import { homedir } from "node:os";
import { join } from "node:path";
import type { ConfigDescription } from "@catapullt/core/config/load";
import {
  absolutePathSchema,
  applicationNameSchema,
  durationSchema,
  hostSchema,
  portSchema,
  retentionSchema,
  secretSchema,
  stateDirSchema,
} from "@catapullt/core/config/schema";
import { z } from "zod";

/** A host's name in the configuration: a directory of the vault is called so. */
const hostNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/, {
  error: "expected a host name of letters, digits, dots, dashes and underscores that starts with a letter or digit",
});

const expectationSchema = z.strictObject({
  every: durationSchema().meta({ description: "How often a backup is expected" }),
  grace: durationSchema().prefault("1h").meta({ description: "How late it may be" }),
});

const expectSchema = z
  .record(applicationNameSchema, expectationSchema)
  .default({})
  .meta({ description: "Backups that are expected from this host, by application" });

const sftpHostSchema = z
  .strictObject({
    type: z.literal("sftp").default("sftp"),
    address: hostSchema.meta({ description: "Name or address of the host" }),
    port: portSchema.default(22),
    user: z
      .string()
      .regex(/^[^-\s:@/\p{Cc}][^\s:@/\p{Cc}]*$/u)
      .meta({ description: "User to log in as" }),
    identityFile: absolutePathSchema.optional().meta({ description: "Private key to log in with" }),
    passphrase: secretSchema().optional().meta({ description: "Opens the private key" }),
    agent: z.boolean().default(false).meta({ description: "Log in with the keys of the SSH agent at SSH_AUTH_SOCK" }),
    knownHostsFile: absolutePathSchema.optional().meta({
      description: "Host keys that are trusted. Default: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts",
    }),
    path: z
      .string()
      .startsWith("/", { error: "expected the full path of the agent's workDir as this user sees it" })
      .meta({ description: "The agent's workDir as that user sees it" }),
    connectTimeout: durationSchema()
      .prefault("20s")
      .meta({ description: "How long connecting and logging in may take" }),
    stallTimeout: durationSchema()
      .prefault("60s")
      .meta({ description: "How long the host may send nothing before the connection is given up" }),
    expect: expectSchema,
  })
  .superRefine(({ identityFile, passphrase, agent }, context) => {
    const complain = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (agent && identityFile !== undefined) complain("agent", "expected either identityFile or agent: true, got both");
    if (!agent && identityFile === undefined)
      complain("identityFile", "missing; expected the private key to log in with, or agent: true");
    if (passphrase !== undefined && identityFile === undefined)
      complain("passphrase", "expected only beside identityFile");
  });

const localHostSchema = z.strictObject({
  type: z.literal("local"),
  path: absolutePathSchema.meta({ description: "A mounted directory: the agent's workDir" }),
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
    .meta({ description: "How often a host is connected to again after its connection was lost" }),
  retryDelay: durationSchema().prefault("5s").meta({ description: "How long to wait before that" }),
  retention: retentionSchema.default({}),
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

/** Where host keys are looked up for a host without `knownHostsFile`, as OpenSSH does. */
export function defaultKnownHostsFiles(environment: NodeJS.ProcessEnv): [string, string] {
  return [join(environment.HOME || homedir(), ".ssh", "known_hosts"), "/etc/ssh/ssh_known_hosts"];
}
