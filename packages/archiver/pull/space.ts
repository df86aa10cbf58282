import { OperationError } from "@catapullt/core/errors";
import { formatBytes } from "@catapullt/core/units";
import type { Vault } from "../vault/vault.ts";

export interface Reservation {
  /** Tells that so many of the reserved bytes have been written. */
  spend(bytes: number): void;
  release(): void;
}

export interface SpaceLedger {
  /** Sets bytes aside in the vault. Fails with `vault-full` where they do not fit beside what others have set aside. */
  reserve(bytes: number, subject: string): Promise<Reservation>;
}

/** Keeps hosts that are pulled from at the same time from counting on the same free space. */
export function createSpaceLedger(vault: Vault): SpaceLedger {
  let promised = 0;
  return {
    async reserve(bytes, subject) {
      const free = (await vault.freeBytes()) - promised;
      if (bytes > free) {
        throw new OperationError(
          "vault-full",
          `${subject} needs ${formatBytes(bytes)}, and the vault ${vault.location} has ${formatBytes(Math.max(0, free))} left`,
          { hint: "free space in the vault, or move it to a larger disk; the archive stays at its host" },
        );
      }
      let left = bytes;
      promised += bytes;
      return {
        spend(written) {
          promised -= Math.min(written, left);
          left -= Math.min(written, left);
        },
        release() {
          promised -= left;
          left = 0;
        },
      };
    },
  };
}
