import type { CipherAlgorithm, ServerHostKeyAlgorithm } from "ssh2";

/** AES-GCM first: it is the fastest where the processor knows AES, and needs no MAC of its own. */
export const preferredCiphers: CipherAlgorithm[] = [
  "aes128-gcm@openssh.com",
  "aes256-gcm@openssh.com",
  "aes128-ctr",
  "aes192-ctr",
  "aes256-ctr",
  "chacha20-poly1305@openssh.com",
];

// Algorithms by the type of the key that they use; signatures with SHA1 (`ssh-rsa`) are not offered.
const algorithmsByKeyType: Record<string, ServerHostKeyAlgorithm[]> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
};

/**
 * The host key algorithms to ask for: those of keys that are known first, as OpenSSH does, so that a host whose ed25519
 * key is known does not come with its RSA key.
 */
export function hostKeyAlgorithms(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const types = Object.keys(algorithmsByKeyType);
  const ordered = [
    ...types.filter((type) => knownTypes.includes(type)),
    ...types.filter((type) => !knownTypes.includes(type)),
  ];
  return ordered.flatMap((type) => algorithmsByKeyType[type] ?? []);
}
