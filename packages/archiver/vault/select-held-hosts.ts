import type { ArchiverConfig } from "../config/schema.ts";
import { refuseUnknownHosts } from "../config/select-hosts.ts";
import type { Vault } from "./vault.ts";

/** The hosts that the vault holds anything of and that a command line names, or all; sorted. Fails with `host-unknown`. */
export async function selectHeldHosts(
  vault: Vault,
  { hosts }: Pick<ArchiverConfig, "hosts">,
  names: readonly string[],
): Promise<string[]> {
  const held = await vault.hosts();
  refuseUnknownHosts(names, [...new Set([...Object.keys(hosts), ...held])].sort());
  return held.filter((host) => names.length === 0 || names.includes(host)).sort();
}
