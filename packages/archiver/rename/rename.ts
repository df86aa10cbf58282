import type { CommandContext } from "@catapullt/core/cli/program";
import type { CommandResult } from "@catapullt/core/cli/result";
import { loadConfig } from "@catapullt/core/config/load";
import { OperationError } from "@catapullt/core/errors";
import { type ArchiverConfig, archiverConfigDescription, hostNameSchema } from "../config/schema.ts";
import { refuseUnknownHosts } from "../config/select-hosts.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import { withVaultLocked } from "../vault/lock.ts";
import type { Vault } from "../vault/vault.ts";

/** `archiver rename <old> <new>` */
export async function rename(context: CommandContext, from: string, to: string): Promise<CommandResult> {
  const { environment, configFile, log } = context;
  const { config } = await loadConfig(archiverConfigDescription, { file: configFile, environment });
  refuseNames(config, from, to);
  const vault = await openDirectoryVault(config.vault);
  const archives = await withVaultLocked({ vault, config, environment }, async () => {
    const verifyLock = await vault.lock("verify");
    try {
      return await renameHeld(vault, from, to);
    } finally {
      verifyLock.release();
    }
  });
  if (!Object.hasOwn(config.hosts, to)) log.warn(`${to} is not configured: prune and check leave its archives alone`);
  const count = `${archives} archive${archives === 1 ? "" : "s"}`;
  return {
    text: `${from} is ${to} from now on: ${count}, with all that is known of them\n`,
    json: { from, to, archives },
  };
}

function refuseNames({ hosts }: ArchiverConfig, from: string, to: string): void {
  const parsed = hostNameSchema.safeParse(to);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ message }) => message).join("; ");
    throw new OperationError("usage-invalid", `${JSON.stringify(to)} cannot be the name of a host: ${problems}`);
  }
  if (from === to) throw new OperationError("usage-invalid", `${from} is called that already`);
  if (Object.hasOwn(hosts, from)) {
    throw new OperationError("usage-invalid", `${from} is still configured, so the next pull would make it anew`, {
      hint: `rename it below \`hosts:\` in the configuration to ${to} first, then run this again`,
    });
  }
}

// Recorded first: where the move is cut off, the old directory is still there, and the same command goes on.
async function renameHeld(vault: Vault, from: string, to: string): Promise<number> {
  refuseUnknownHosts([from], await vault.hosts());
  const conflicts = await vault.conflicts(from, to);
  if (conflicts.length > 0) {
    const others = conflicts.length === 1 ? "" : ` and ${conflicts.length - 1} more`;
    throw new OperationError("vault-unusable", `${from} and ${to} both have ${conflicts[0]}${others} in the vault`, {
      hint: "nothing was moved. Find out which one is right, and move the other one away",
    });
  }
  const archives = (await vault.stored(from)).length;
  await vault.record({ event: "renamed", at: new Date().toISOString(), from, to });
  await vault.moveHost(from, to);
  return archives;
}
