/** One line of a `known_hosts` file, as sshd(8) describes it under "SSH_KNOWN_HOSTS FILE FORMAT". */
export interface KnownHostLine {
  file: string;
  /** 1 for the first line. */
  line: number;
  marker: "cert-authority" | "revoked" | undefined;
  /** The host field: patterns with commas between them, or one hashed name. */
  hosts: string;
  /** Such as `ssh-ed25519`. */
  keyType: string;
  /** The public key in SSH's wire format. */
  key: Buffer;
}

const markers = { "@cert-authority": "cert-authority", "@revoked": "revoked" } as const;

/**
 * The lines of a `known_hosts` file that hold a key. Comments, empty lines, keys of SSH version 1 and lines that cannot be
 * understood are left out, as OpenSSH does.
 */
export function parseKnownHosts(text: string, file: string): KnownHostLine[] {
  return text.split("\n").flatMap((content, index) => parseLine(content, { file, line: index + 1 }) ?? []);
}

function parseLine(content: string, place: { file: string; line: number }): KnownHostLine | undefined {
  const fields = content.trim().split(/[ \t]+/);
  if (fields[0] === undefined || fields[0] === "" || fields[0].startsWith("#")) return undefined;
  const markerField = fields[0].startsWith("@") ? fields.shift() : undefined;
  const marker = markerField === undefined ? undefined : markers[markerField as keyof typeof markers];
  if (markerField !== undefined && marker === undefined) return undefined;
  const [hosts, keyType, encodedKey] = fields;
  if (hosts === undefined || keyType === undefined || encodedKey === undefined) return undefined;
  const key = Buffer.from(encodedKey, "base64");
  return readKeyType(key) === keyType ? { ...place, marker, hosts, keyType, key } : undefined;
}

/** The type that a public key in SSH's wire format states for itself (RFC 4253, 6.6); undefined where it is none. */
export function readKeyType(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  return length > 0 && key.length > 4 + length ? key.toString("latin1", 4, 4 + length) : undefined;
}
