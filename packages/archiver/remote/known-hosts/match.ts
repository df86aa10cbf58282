import { createHmac, timingSafeEqual } from "node:crypto";

export const standardPort = 22;

/** How `known_hosts` names a host: `wiki01`, or `[wiki01]:2222` where the port is not the standard one. */
export function knownHostsName(address: string, port: number): string {
  const name = address.toLowerCase();
  return port === standardPort ? name : `[${name}]:${port}`;
}

/** True if the host field of a line speaks of `name`: hashed, or patterns of which one matches and none that begins with `!`. */
export function matchesHosts(hosts: string, name: string): boolean {
  if (hosts.startsWith("|")) return matchesHash(hosts, name);
  let matched = false;
  for (const pattern of hosts.toLowerCase().split(",")) {
    const isNegated = pattern.startsWith("!");
    if (!matchesPattern(isNegated ? pattern.slice(1) : pattern, name)) continue;
    if (isNegated) return false;
    matched = true;
  }
  return matched;
}

// `|1|salt|hash`, both in Base64: HMAC-SHA1 of the name with the salt as its key.
function matchesHash(hosts: string, name: string): boolean {
  const [, version, salt, hash] = hosts.split("|");
  if (version !== "1" || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, "base64");
  const actual = createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

// `*` stands for any characters, `?` for one; everything else, brackets included, for itself.
// Walks both texts once and goes back to the last `*` only, so that no pattern takes long.
function matchesPattern(pattern: string, name: string): boolean {
  let patternAt = 0;
  let nameAt = 0;
  let starAt = -1;
  let starName = 0;
  while (nameAt < name.length) {
    const expected = pattern[patternAt];
    if (expected === "*") {
      starAt = patternAt;
      starName = nameAt;
      patternAt += 1;
    } else if (expected !== undefined && (expected === "?" || expected === name[nameAt])) {
      patternAt += 1;
      nameAt += 1;
    } else if (starAt >= 0) {
      starName += 1;
      nameAt = starName;
      patternAt = starAt + 1;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(patternAt));
}
