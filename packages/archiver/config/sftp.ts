import {
  absolutePathSchema,
  durationSchema,
  hostSchema,
  portSchema,
  secretSchema,
} from "@catapullt/core/config/schema";
import { z } from "zod";

/** How another machine is reached over SFTP, and who logs in there. */
export const sftpFields = {
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
  connectTimeout: durationSchema().prefault("20s").meta({ description: "How long connecting and logging in may take" }),
  stallTimeout: durationSchema()
    .prefault("60s")
    .meta({ description: "How long the host may send nothing before the connection is given up" }),
  keepAlive: durationSchema().prefault("15s").meta({
    description: "How often an idle connection is kept open by a message; it is given up after three without an answer",
  }),
};

type SftpFields = z.output<z.ZodObject<typeof sftpFields>>;

/** One way to log in, and only one. */
export function checkIdentity(
  { identityFile, passphrase, agent }: Pick<SftpFields, "identityFile" | "passphrase" | "agent">,
  context: z.RefinementCtx,
): void {
  const complain = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  if (agent && identityFile !== undefined) complain("agent", "expected either identityFile or agent: true, got both");
  if (!agent && identityFile === undefined)
    complain("identityFile", "missing; expected the private key to log in with, or agent: true");
  if (passphrase !== undefined && identityFile === undefined)
    complain("passphrase", "expected only beside identityFile");
}
