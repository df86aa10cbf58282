import { knownHostsName, matchesHosts, standardPort } from "./match.ts";
import { type KnownHostLine, readKeyType } from "./parse.ts";

export interface HostAddress {
  address: string;
  port: number;
}

export type HostKeyVerdict =
  | { kind: "known" }
  | { kind: "revoked"; line: KnownHostLine }
  /** Other keys are known for this host: of the offered type, or of other types only. */
  | { kind: "changed"; lines: KnownHostLine[] }
  /** Nothing is known; `authorities` are the lines that trust the host through certificates only. */
  | { kind: "unknown"; authorities: KnownHostLine[] };

/** What `known_hosts` says about the key that a host offers. Only `known` may go on. */
export function judgeHostKey(lines: readonly KnownHostLine[], host: HostAddress, key: Buffer): HostKeyVerdict {
  const about = linesAbout(lines, host);
  // OpenSSH too accepts, on any port, a key that is known for the host without a port.
  const withoutPort = linesAbout(lines, { ...host, port: standardPort });
  const same = [...about, ...withoutPort].filter((line) => line.key.equals(key));
  const revoked = same.find((line) => line.marker === "revoked");
  if (revoked !== undefined) return { kind: "revoked", line: revoked };
  if (same.some((line) => line.marker === undefined)) return { kind: "known" };
  const known = about.filter((line) => line.marker === undefined);
  if (known.length > 0) return { kind: "changed", lines: linesToShow(known, key) };
  return { kind: "unknown", authorities: about.filter((line) => line.marker === "cert-authority") };
}

/** The types of the keys that are known for a host, each once. */
export function knownKeyTypes(lines: readonly KnownHostLine[], host: HostAddress): string[] {
  const about = [...linesAbout(lines, host), ...linesAbout(lines, { ...host, port: standardPort })];
  return [...new Set(about.filter((line) => line.marker === undefined).map((line) => line.keyType))];
}

function linesAbout(lines: readonly KnownHostLine[], { address, port }: HostAddress): KnownHostLine[] {
  const name = knownHostsName(address, port);
  return lines.filter((line) => matchesHosts(line.hosts, name));
}

function linesToShow(known: KnownHostLine[], key: Buffer): KnownHostLine[] {
  const sameType = known.filter((line) => line.keyType === readKeyType(key));
  return sameType.length > 0 ? sameType : known;
}
