import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage, hasErrorCode, OperationError } from "../errors.ts";
import { rememberSecret } from "../log/redaction.ts";

/** A secret as the configuration states it: the text itself, or where it is to be read. */
export type Secret = string | { file: string } | { env: string } | { credential: string };

/** The variable in which systemd names the directory of a service's credentials. */
export const credentialsVariable = "CREDENTIALS_DIRECTORY";

const sizeLimit = 64 * 1024;
const accessByOthers = 0o006;

/**
 * The secret's text, remembered so that it is masked wherever it would be printed. Throws `secret-unreadable` where it is
 * missing, empty or no text, and `config-unsafe` where its file is open to others. One newline at the end of a file is not
 * part of the secret; every other character is.
 */
export async function readSecret(secret: Secret, environment: NodeJS.ProcessEnv): Promise<string> {
  const text = await resolveSecret(secret, environment);
  rememberSecret(text);
  return text;
}

async function resolveSecret(secret: Secret, environment: NodeJS.ProcessEnv): Promise<string> {
  if (typeof secret === "string") return secret;
  if ("env" in secret) return readVariable(secret.env, environment);
  return "file" in secret ? readSecretFile(secret.file) : readCredential(secret.credential, environment);
}

function readVariable(name: string, environment: NodeJS.ProcessEnv): string {
  const value = environment[name];
  if (value) return value;
  const problem = value === undefined ? "is not set" : "is empty";
  throw new OperationError("secret-unreadable", `the environment variable ${name}, which holds a secret, ${problem}`, {
    hint: `set ${name}, or use { file: PATH } instead: cron passes few variables on`,
  });
}

function readCredential(name: string, environment: NodeJS.ProcessEnv): Promise<string> {
  if (!isCredentialName(name)) {
    throw new OperationError("secret-unreadable", `${JSON.stringify(name)} is no name of a systemd credential`, {
      hint: "a credential is named by the ID in LoadCredential=ID:PATH, without any directory",
    });
  }
  const directory = environment[credentialsVariable];
  if (!directory) {
    throw new OperationError(
      "secret-unreadable",
      `the credential ${name} cannot be read: $${credentialsVariable} is not set`,
      { hint: `run it as a systemd service with LoadCredential=${name}:PATH, or use { file: PATH }` },
    );
  }
  return readSecretFile(join(directory, name));
}

/** systemd takes any file name as a credential's. */
export function isCredentialName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/\0]/.test(name);
}

async function readSecretFile(path: string): Promise<string> {
  const handle = await openSecretFile(path);
  try {
    await refuseUnsafe(handle, path);
    return decodeSecret(await handle.readFile(), path);
  } finally {
    await handle.close();
  }
}

async function openSecretFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    const missing = hasErrorCode(error, "ENOENT", "ENOTDIR");
    const problem = missing ? "does not exist" : `cannot be read: ${errorMessage(error)}`;
    throw new OperationError("secret-unreadable", `the secret file ${path} ${problem}`, {
      hint: missing
        ? `write the secret into ${path} and run: chmod 600 ${path}`
        : `make it readable for the user who runs this, for example: chgrp GROUP ${path} && chmod 640 ${path}`,
      cause: error,
    });
  }
}

async function refuseUnsafe(handle: FileHandle, path: string): Promise<void> {
  const status = await handle.stat();
  if (!status.isFile()) throw unreadable(path, "is no regular file", "name a file that holds the secret alone");
  if (status.size > sizeLimit) throw unreadable(path, "is too large", "a secret has at most 64 KiB");
  if ((status.mode & accessByOthers) !== 0) {
    throw new OperationError("config-unsafe", `the secret file ${path} is open to others`, {
      hint: `run: chmod o-rwx ${path}   (mode 600, or 640 with a group of its own)`,
    });
  }
}

function decodeSecret(content: Buffer, path: string): string {
  const text = decodeUtf8(content);
  if (text === undefined) throw unreadable(path, "is not UTF-8 text", "save it as UTF-8");
  const secret = text.replace(/\r?\n$/, "");
  if (secret === "") throw unreadable(path, "is empty", "write the secret into it");
  return secret;
}

function decodeUtf8(content: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (error) {
    if (hasErrorCode(error, "ERR_ENCODING_INVALID_ENCODED_DATA")) return undefined;
    throw error;
  }
}

function unreadable(path: string, problem: string, hint: string): OperationError {
  return new OperationError("secret-unreadable", `the secret file ${path} ${problem}`, { hint });
}
