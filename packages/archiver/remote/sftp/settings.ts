import { access as checkAccess } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { readSecret } from "@catapullt/core/config/secret";
import { OperationError } from "@catapullt/core/errors";
import type { HopConfig } from "../../config/jump.ts";
import { defaultKnownHostsFiles, type SftpHostConfig } from "../../config/schema.ts";
import { standardPort } from "../known-hosts/match.ts";
import { lookUpHost, type SshHostSettings } from "../ssh-config/lookup.ts";
import { readSshConfig } from "../ssh-config/text.ts";
import type { IdentitySettings } from "./identity.ts";

/** One SSH server on the way: where it is, who logs in, and which host keys are trusted. */
export interface HopSettings {
  address: string;
  port: number;
  user: string;
  identity: IdentitySettings;
  /** Read in this order; the first is named as the place for new keys. */
  knownHostsFiles: readonly [string, ...string[]];
  /** The name that the host's key has in the known hosts, where it is not the address. */
  hostKeyAlias?: string | undefined;
}

export interface SftpSettings extends HopSettings {
  /** The machines that are gone through, the first one first. */
  jumps?: readonly HopSettings[] | undefined;
  /** The work directory as the user sees it. */
  path: string;
  /** Milliseconds. */
  connectTimeout: number;
  stallTimeout: number;
  /** How often the host is asked for a sign of life while nothing else is sent. */
  keepAlive: number;
  /** At most so many bytes of a file are asked for ahead of what has come. Default: what the line holds. */
  bytesAhead?: number | undefined;
}

/** A host, or another machine that archives go to, in our own configuration. */
export type SftpAccess = Pick<
  SftpHostConfig,
  "address" | "jump" | "sshConfig" | "path" | "connectTimeout" | "stallTimeout" | "keepAlive" | keyof HopConfig
>;

const mostJumps = 8;
const defaultKeys = ["id_ed25519", "id_ecdsa", "id_rsa"];

/** Joins our own configuration, which wins, with OpenSSH's where it is asked for. */
export async function resolveSettings(host: SftpAccess, environment: NodeJS.ProcessEnv): Promise<SftpSettings> {
  const lookUp = await createLookup(host, environment);
  const found = lookUp(host);
  const own = await resolveHop(host, { found, environment, fallback: undefined });
  const jumps: HopSettings[] = [];
  for (const hop of withJumpsBefore(host.jump ?? found?.jump ?? [], lookUp, host.address))
    jumps.push(await resolveHop(hop, { found: lookUp(hop), environment, fallback: own }));
  const { path, connectTimeout, stallTimeout, keepAlive } = host;
  return { ...own, jumps, path, connectTimeout, stallTimeout, keepAlive };
}

type LookUp = (host: Pick<HopConfig, "address" | "user">) => SshHostSettings | undefined;

async function createLookup(
  { sshConfig }: Pick<SftpAccess, "sshConfig">,
  environment: NodeJS.ProcessEnv,
): Promise<LookUp> {
  if (sshConfig === false) return () => undefined;
  const home = environment.HOME || homedir();
  const ofUser = join(home, ".ssh");
  const texts =
    sshConfig === true
      ? [
          await readSshConfig(join(ofUser, "config"), { directory: ofUser }),
          await readSshConfig("/etc/ssh/ssh_config", { directory: "/etc/ssh" }),
        ]
      : [await readSshConfig(sshConfig, { directory: ofUser, isNamed: true })];
  const localUser = userInfo().username;
  return ({ address, user }) => lookUpHost(texts, { name: address, user, home, localUser, environment });
}

/** The first machine may be reachable through others only, which OpenSSH's configuration names. */
function withJumpsBefore(jump: readonly HopConfig[], lookUp: LookUp, address: string): readonly HopConfig[] {
  if (jump.length > mostJumps) {
    throw new OperationError("config-invalid", `${address} is reached through more than ${mostJumps} machines`, {
      hint: "a jump host must not be reached through itself: look at ProxyJump in OpenSSH's configuration",
    });
  }
  const before = jump[0] && lookUp(jump[0])?.jump;
  return before === undefined || before.length === 0 ? jump : withJumpsBefore([...before, ...jump], lookUp, address);
}

interface HopFacts {
  found: SshHostSettings | undefined;
  environment: NodeJS.ProcessEnv;
  /** What holds where nothing is said. */
  fallback: HopSettings | undefined;
}

async function resolveHop(hop: HopConfig, { found, environment, fallback }: HopFacts): Promise<HopSettings> {
  return {
    address: found?.address ?? hop.address,
    port: hop.port ?? found?.port ?? standardPort,
    user: hop.user ?? found?.user ?? fallback?.user ?? userInfo().username,
    identity: await findIdentity(hop, { found, environment, fallback }),
    knownHostsFiles: findKnownHosts(hop, { found, environment, fallback }),
    hostKeyAlias: hop.hostKeyAlias ?? found?.hostKeyAlias,
  };
}

function findKnownHosts({ knownHostsFile }: HopConfig, { found, environment, fallback }: HopFacts) {
  const [ofUser, ofSystem] = defaultKnownHostsFiles(environment);
  if (knownHostsFile !== undefined) return [knownHostsFile] as const;
  if (found?.knownHostsFiles !== undefined)
    return [found.knownHostsFiles[0] ?? ofUser, ...found.knownHostsFiles.slice(1), ofSystem] as const;
  return fallback?.knownHostsFiles ?? ([ofUser, ofSystem] as const);
}

async function findIdentity(
  { address, identityFile, passphrase, agent }: HopConfig,
  { found, environment, fallback }: HopFacts,
): Promise<IdentitySettings> {
  const ofAgent: IdentitySettings = { kind: "agent", socket: environment.SSH_AUTH_SOCK };
  if (agent) return ofAgent;
  if (identityFile !== undefined) {
    const opened = passphrase === undefined ? undefined : await readSecret(passphrase, environment);
    return { kind: "file", file: identityFile, passphrase: opened };
  }
  const named = found?.identityFiles ?? [];
  const file = (await firstThere(named)) ?? named[0];
  if (file !== undefined) return { kind: "file", file, passphrase: undefined };
  if (fallback !== undefined) return fallback.identity;
  const directory = join(environment.HOME || homedir(), ".ssh");
  const usual = await firstThere(defaultKeys.map((name) => join(directory, name)));
  if (usual !== undefined) return { kind: "file", file: usual, passphrase: undefined };
  if (environment.SSH_AUTH_SOCK) return ofAgent;
  throw new OperationError("identity-unusable", `nothing says with which key to log in at ${address}`, {
    hint: `set \`identityFile\`, or IdentityFile in OpenSSH's configuration; ${directory} holds none of ${defaultKeys.join(", ")} either`,
  });
}

async function firstThere(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const isThere = await checkAccess(file).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}
