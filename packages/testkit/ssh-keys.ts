import { readFileSync } from "node:fs";
import { execa } from "execa";
import { systemProgram } from "./system-packages.ts";

export type SshKeyType = "ed25519" | "rsa" | "ecdsa";

export interface SshKeyPair {
  /** File of the private key, in OpenSSH's format, mode 0600. */
  file: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  publicKey: string;
}

export interface SshKeyOptions {
  type?: SshKeyType | undefined;
  /** Encrypts the private key. */
  passphrase?: string | undefined;
}

/** Makes a key pair with ssh-keygen: `file` and `file.pub`. */
export async function createSshKey(
  file: string,
  { type = "ed25519", passphrase = "" }: SshKeyOptions = {},
): Promise<SshKeyPair> {
  const size = type === "rsa" ? ["-b", "2048"] : [];
  await execa(systemProgram("ssh-keygen"), ["-q", "-t", type, ...size, "-N", passphrase, "-C", "", "-f", file], {
    stdin: "ignore",
  });
  const publicKey = readFileSync(`${file}.pub`, "utf8").trim().split(" ").slice(0, 2).join(" ");
  return { file, publicKey };
}
