import { absolutePathSchema, durationSchema, hostSchema } from "@catapullt/core/config/schema";
import { z } from "zod";
import { accessFields, jumpSchema } from "./jump.ts";

/** How another machine is reached over SFTP, and who logs in there. */
export const sftpFields = {
  type: z.literal("sftp").default("sftp"),
  address: hostSchema.meta({ description: "Name or address of the host; with `sshConfig`, its name there" }),
  ...accessFields,
  jump: jumpSchema.optional(),
  sshConfig: z
    .union([z.boolean(), absolutePathSchema])
    .default(false)
    .meta({
      description:
        "Take what is not said here from OpenSSH's configuration: true for ~/.ssh/config and /etc/ssh/ssh_config, or a file of that form",
      examples: [true, "/etc/backup-tools/ssh_config"],
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

/** One way to log in, and only one, here or in OpenSSH's configuration. */
export function checkIdentity(
  { user, identityFile, passphrase, agent, sshConfig, jump = [] }: SftpFields,
  context: z.RefinementCtx,
): void {
  const complain = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
  if (user === undefined && sshConfig === false) complain(["user"], "missing; expected the user to log in as");
  if (!agent && identityFile === undefined && sshConfig === false)
    complain(["identityFile"], "missing; expected the private key to log in with, or agent: true");
  if (passphrase !== undefined && identityFile === undefined)
    complain(["passphrase"], "expected only beside identityFile");
  for (const [place, access] of [
    [[] as (string | number)[], { agent, identityFile }] as const,
    ...jump.map((hop, index) => [["jump", index] as (string | number)[], hop] as const),
  ])
    if (access.agent && access.identityFile !== undefined)
      complain([...place, "agent"], "expected either identityFile or agent: true, got both");
}
