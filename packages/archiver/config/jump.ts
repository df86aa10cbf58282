import { absolutePathSchema, hostSchema, portSchema, secretSchema } from "@catapullt/core/config/schema";
import { z } from "zod";

export const userSchema = z.string().regex(/^[^-\s:@/\p{Cc}][^\s:@/\p{Cc}]*$/u);

/** Who logs in at a machine, how, and which host keys are trusted there. */
export const accessFields = {
  port: portSchema.optional().meta({ description: "Port of the SSH server. Default: 22" }),
  user: userSchema.optional().meta({ description: "User to log in as" }),
  identityFile: absolutePathSchema.optional().meta({ description: "Private key to log in with" }),
  passphrase: secretSchema().optional().meta({ description: "Opens the private key" }),
  agent: z.boolean().default(false).meta({ description: "Log in with the keys of the SSH agent at SSH_AUTH_SOCK" }),
  knownHostsFile: absolutePathSchema.optional().meta({
    description: "Host keys that are trusted. Default: ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts",
  }),
  hostKeyAlias: hostSchema
    .optional()
    .meta({ description: "The name that the host's key has in the known hosts, where it is not the address" }),
};

const hopSchema = z.strictObject({
  address: hostSchema.meta({ description: "Name or address of the jump host" }),
  ...accessFields,
});

const expectedHop = "expected a jump host such as bastion.example.com or backup@bastion.example.com:2222";

/** `[user@]address[:port]`, as in `ssh -J`; an IPv6 address with a port stands in brackets. Undefined where it is none. */
export function parseHop(text: string): z.output<typeof hopSchema> | undefined {
  const found =
    /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:[\]]+|[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*))(?::(\d+))?\/?$/i.exec(
      text.trim(),
    );
  if (found === null) return undefined;
  const [, user, bracketed, plain, port] = found;
  const hop = { address: bracketed ?? plain, user, port: port === undefined ? undefined : Number(port) };
  return hopSchema.safeParse(hop).data;
}

const hopTextSchema = z
  .string()
  .meta({ examples: ["backup@bastion.example.com:2222"] })
  .transform((text, context) => {
    const hop = parseHop(text);
    if (hop !== undefined) return hop;
    context.issues.push({ code: "custom", message: `${expectedHop}, got ${JSON.stringify(text)}`, input: text });
    return z.NEVER;
  });

/** The machines that are gone through, the first one first. */
export const jumpSchema = z
  .union([
    hopTextSchema,
    hopSchema,
    z
      .array(z.union([hopTextSchema, hopSchema]))
      .min(1)
      .max(8),
  ])
  .transform((hops) => [hops].flat())
  .meta({
    description:
      "Reach the host through this machine, or through several in their order. What is not said of one is as for the host itself",
    examples: ["backup@bastion.example.com:2222", { address: "bastion.example.com", user: "jump" }],
  });

export type HopConfig = z.output<typeof hopSchema>;
