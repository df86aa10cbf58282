import { type FileHandle, open } from "node:fs/promises";
import { errorMessage, hasErrorCode, OperationError } from "@catapullt/core/errors";
import ssh2, { type AnyAuthMethod, type BaseAgent, type ParsedKey } from "ssh2";

export type IdentitySettings =
  | { kind: "file"; file: string; passphrase: string | undefined }
  | { kind: "agent"; socket: string | undefined };

export interface Identity {
  /** How to log in, for ssh2. */
  method: (user: string) => AnyAuthMethod;
  /** The public keys, `ssh-ed25519 AAAA…`, to be shown when the host refuses them. */
  publicKeys: string[];
}

/** The key or the agent to log in with. Fails with `identity-unusable`, or `config-unsafe` where others can read the key. */
export function loadIdentity(settings: IdentitySettings): Promise<Identity> {
  return settings.kind === "file" ? loadKeyFile(settings) : loadAgent(settings.socket);
}

async function loadKeyFile({ file, passphrase }: { file: string; passphrase: string | undefined }): Promise<Identity> {
  const key = parseKey(await readKeyFile(file), { file, passphrase });
  return {
    method: (username) => ({ type: "publickey", username, key }),
    publicKeys: [publicKeyLine(key)],
  };
}

async function readKeyFile(file: string): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { mode, uid } = await handle.stat();
    // As ssh does: a key that belongs to this user must not be open to others.
    if (uid === process.getuid?.() && (mode & 0o077) !== 0) {
      throw new OperationError("config-unsafe", `the private key ${file} can be read by others`, {
        hint: `run: chmod 600 ${file}`,
      });
    }
    return await handle.readFile();
  } catch (error) {
    if (error instanceof OperationError) throw error;
    const reason = hasErrorCode(error, "ENOENT") ? "does not exist" : `cannot be read: ${errorMessage(error)}`;
    throw new OperationError("identity-unusable", `the private key ${file} ${reason}`, {
      hint: hasErrorCode(error, "ENOENT")
        ? `set \`identityFile\`, or make a key: ssh-keygen -t ed25519 -N '' -f ${file}`
        : "make it readable for the user that runs archiver, and for nobody else",
      cause: error,
    });
  } finally {
    await handle?.close();
  }
}

function parseKey(content: Buffer, { file, passphrase }: { file: string; passphrase: string | undefined }): ParsedKey {
  const parsed = ssh2.utils.parseKey(content, passphrase);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!(key instanceof Error) && key !== undefined && key.isPrivateKey()) return key;
  const problem = key instanceof Error ? key.message : "";
  if (/no passphrase given/i.test(problem)) {
    throw new OperationError("identity-unusable", `the private key ${file} is encrypted and no passphrase is set`, {
      hint: "set `passphrase` (such as `{ file: … }` or `{ credential: … }`) beside `identityFile`, or use `agent: true`",
    });
  }
  if (passphrase !== undefined && /bad passphrase|bad decrypt|integrity|malformed/i.test(problem)) {
    throw new OperationError("identity-unusable", `the passphrase does not open the private key ${file}`, {
      hint: `check it: ssh-keygen -y -f ${file}`,
      cause: key,
    });
  }
  throw new OperationError(
    "identity-unusable",
    `${file} is not a private key that can be used${problem === "" ? "" : `: ${problem}`}`,
    { hint: "expected a key as ssh-keygen makes it, of type ed25519, ecdsa or rsa", cause: key },
  );
}

async function loadAgent(socket: string | undefined): Promise<Identity> {
  if (!socket) {
    throw new OperationError("identity-unusable", "`agent: true` is set, but SSH_AUTH_SOCK names no agent", {
      hint: "cron jobs have no agent of their own: set SSH_AUTH_SOCK in the crontab, or use `identityFile`",
    });
  }
  const agent = ssh2.createAgent(socket);
  const keys = await listAgentKeys(agent, socket);
  if (keys.length === 0) {
    throw new OperationError("identity-unusable", `the SSH agent at ${socket} holds no key`, {
      hint: "add one: ssh-add FILE",
    });
  }
  return { method: (username) => ({ type: "agent", username, agent }), publicKeys: keys.map(publicKeyLine) };
}

function listAgentKeys(agent: BaseAgent, socket: string): Promise<ParsedKey[]> {
  return new Promise((resolve, reject) => {
    agent.getIdentities((error, keys = []) => {
      if (!error) return resolve(keys.flatMap((key) => asParsedKey(key)));
      reject(
        new OperationError("identity-unusable", `the SSH agent at ${socket} does not answer: ${error.message}`, {
          hint: "check SSH_AUTH_SOCK and that the agent runs: ssh-add -l",
          cause: error,
        }),
      );
    });
  });
}

function asParsedKey(key: unknown): ParsedKey[] {
  const parsed = ssh2.utils.parseKey(key as Buffer);
  return parsed instanceof Error ? [] : [parsed].flat();
}

function publicKeyLine(key: ParsedKey): string {
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}
