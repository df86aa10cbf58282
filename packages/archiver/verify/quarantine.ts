import { OperationError } from "@catapullt/core/errors";
import type { StoredArchive } from "../vault/vault.ts";
import type { Finding } from "./examine.ts";

export type Damage = Extract<Finding, { kind: "damaged" }>;

/** What to tell of a damaged archive, wherever it lies now. `stored`: what else the vault holds. */
export function describeDamage(
  archive: StoredArchive,
  { reason }: Damage,
  { place, stored }: { place: string; stored: readonly StoredArchive[] },
): OperationError {
  const { host, application } = archive;
  const others = stored
    .filter((other) => other.host === host && other.application === application && other.name !== archive.name)
    .map(({ name }) => name)
    .sort();
  const newest = others.at(-1);
  const rest =
    newest === undefined
      ? `the vault holds no other archive of ${application}: make a backup now`
      : `the vault holds ${others.length} other${others.length === 1 ? "" : "s"} of ${application}, the newest is ${newest}`;
  return new OperationError("archive-invalid", `${reason}\n${place}`, {
    hint: `look at the vault's disk. A copy may still lie at ${host}, where the next \`archiver pull\` fetches it from, or on another medium; ${rest}`,
  });
}
