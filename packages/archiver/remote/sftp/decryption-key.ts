import { createSecretKey } from "node:crypto";
import type { Client } from "ssh2";

interface ClientInternals {
  _protocol?: { _decipher?: { _decipherKey?: unknown } };
}

/**
 * Hands ssh2's AES-GCM decryption its key in the form that OpenSSL wants. ssh2 keeps plain bytes and makes a decipher of
 * them for each packet of 32 KiB, which costs as much time as the decryption itself. Returns false, and changes nothing, where
 * ssh2 looks different inside or another cipher was agreed on: everything then works, only slower.
 */
export function prepareDecryptionKey(client: Client): boolean {
  const decipher = (client as unknown as ClientInternals)._protocol?._decipher;
  if (!Buffer.isBuffer(decipher?._decipherKey)) return false;
  decipher._decipherKey = createSecretKey(decipher._decipherKey);
  return true;
}
