import { didYouMean } from "@catapullt/core/config/suggestion";
import { OperationError } from "@catapullt/core/errors";
import type { ArchiverConfig, HostConfig } from "./schema.ts";

/** The hosts that a command line names, or all. Fails with `host-unknown`, and with `config-invalid` where none is configured. */
export function selectHosts(config: ArchiverConfig, names: readonly string[]): [string, HostConfig][] {
  const configured = Object.keys(config.hosts);
  if (configured.length === 0) {
    throw new OperationError("config-invalid", "no host is configured", {
      hint: "add one below `hosts:` with address, user, identityFile and path",
    });
  }
  refuseUnknownHosts(names, configured);
  return Object.entries(config.hosts).filter(([name]) => names.length === 0 || names.includes(name));
}

/** Fails with `host-unknown` for a name that is not one of `known`. */
export function refuseUnknownHosts(names: readonly string[], known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new OperationError("host-unknown", `no host is called ${JSON.stringify(name)}${didYouMean(name, known)}`, {
      hint: known.length === 0 ? "neither the configuration nor the vault has any host" : `hosts: ${known.join(", ")}`,
    });
  }
}
