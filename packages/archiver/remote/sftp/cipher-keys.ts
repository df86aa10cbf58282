import { createSecretKey } from "node:crypto";
import type SftpClient from "ssh2-sftp-client";

interface ClientInternals {
  client?: { _protocol?: { _decipher?: { _decipherKey?: unknown }; _cipher?: { _encKey?: unknown } } };
}

/**
 * Hands ssh2's AES-GCM decryption its key in the form that OpenSSL wants. ssh2 keeps plain bytes and makes a decipher of
 * them for each packet of 32 KiB, which costs as much time as the decryption itself. True tells that AES-GCM is in use, whose
 * decipher keeps nothing of what it is given. False, and nothing changed, where another cipher was agreed on or ssh2 looks
 * different inside: everything then works, only slower.
 */
export function prepareDecryptionKey(client: SftpClient): boolean {
  const decipher = (client as unknown as ClientInternals).client?._protocol?._decipher;
  if (!Buffer.isBuffer(decipher?._decipherKey)) return false;
  decipher._decipherKey = createSecretKey(decipher._decipherKey);
  return true;
}

/** The same for what is sent. */
export function prepareEncryptionKey(client: SftpClient): boolean {
  const cipher = (client as unknown as ClientInternals).client?._protocol?._cipher;
  if (!Buffer.isBuffer(cipher?._encKey)) return false;
  cipher._encKey = createSecretKey(cipher._encKey);
  return true;
}
