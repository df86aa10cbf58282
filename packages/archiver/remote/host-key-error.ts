import { createHash } from "node:crypto";
import { OperationError } from "@catapullt/core/errors";
import { quoteForShell } from "@catapullt/core/shell-words";
import type { HostAddress, HostKeyVerdict } from "./known-hosts/judge.ts";
import { type KnownHostLine, readKeyType } from "./known-hosts/parse.ts";

export interface RefusedHostKey {
  host: HostAddress;
  /** The name that the key has in the known hosts, where it is not the address. */
  hostKeyAlias?: string | undefined;
  /** The machine that the host is reached through: it alone can fetch the key. */
  via?: { address: string; port: number; user: string } | undefined;
  key: Buffer;
  verdict: Exclude<HostKeyVerdict, { kind: "known" }>;
  /** Where a reviewed key is to be added. */
  knownHostsFile: string;
}

/** Says which key was refused and why, with the fingerprint to compare and the line that fetches the key for review. */
export function hostKeyError(refused: RefusedHostKey): OperationError {
  const { host, key, verdict } = refused;
  const type = readKeyType(key) ?? "unknown";
  const offered = `${type} key ${fingerprint(key)}`;
  const place = `${host.address} port ${host.port}`;
  const review = [
    `compare the fingerprint with what the host itself prints for: ssh-keygen -lf /etc/ssh/ssh_host_${scanType(type)}_key.pub`,
    "if they are equal, run:",
    keyscanLine(refused, type),
  ];
  switch (verdict.kind) {
    case "revoked":
      return new OperationError(
        "host-key-revoked",
        `${place} offers a key that is marked as revoked (${describePlace(verdict.line)}): ${offered}`,
        { hint: "do not connect until the host has a new key; then replace the line for this host" },
      );
    case "changed":
      return new OperationError(
        "host-key-changed",
        `the host key of ${place} is not the one that is known: it offers ${offered}, expected ${verdict.lines.map(describeLine).join(" or ")}`,
        {
          hint: [
            "somebody may be listening in, or the host was set up anew: find out which",
            ...review,
            `and remove what is known now: ${verdict.lines.map(describePlace).join(", ")}`,
          ].join("\n"),
        },
      );
    case "unknown": {
      const authority = verdict.authorities[0];
      const reason =
        authority === undefined
          ? ""
          : `. ${describePlace(authority)} trusts a certificate authority for it, but host certificates cannot be checked here: the host's own key must be listed`;
      return new OperationError(
        "host-key-unknown",
        `the host key of ${place} is not known: it offers ${offered}${reason}`,
        {
          hint: review.join("\n"),
        },
      );
    }
  }
}

/** `SHA256:…` as `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

function keyscanLine({ host, hostKeyAlias, via, knownHostsFile }: RefusedHostKey, type: string): string {
  const login = via === undefined ? "" : `ssh -p ${via.port} ${via.user}@${via.address} `;
  const scan = `${login}ssh-keyscan -p ${host.port} -t ${scanType(type)} ${host.address}`;
  const rename = hostKeyAlias === undefined ? "" : ` | sed 's/^[^ #]*/${hostKeyAlias}/'`;
  return `${scan}${rename} >> ${quoteForShell(knownHostsFile)}`;
}

function scanType(type: string): string {
  if (type.startsWith("ecdsa-")) return "ecdsa";
  return type.replace(/^ssh-/, "");
}

function describeLine(line: KnownHostLine): string {
  return `${line.keyType} key ${fingerprint(line.key)} (${describePlace(line)})`;
}

function describePlace({ file, line }: KnownHostLine): string {
  return `${file} line ${line}`;
}
