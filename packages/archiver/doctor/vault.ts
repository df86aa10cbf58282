import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { errorMessage } from "@catapullt/core/errors";
import { formatBytes } from "@catapullt/core/units";
import type { Vault } from "../vault/vault.ts";
import { createLines, type DoctorLine } from "./line.ts";

const accessByOthers = 0o007;

/** Looks at the vault: who may read and write it, and whether the next archives of the hosts fit. */
export async function examineVault(vault: Vault, expectedBytes: number): Promise<DoctorLine[]> {
  const { lines, ok, warn, fail } = createLines("");
  const { location } = vault;
  try {
    await access(location, constants.W_OK | constants.X_OK);
    ok("vault", `${location} can be written to`);
  } catch (error) {
    fail(
      "vault",
      `${location} cannot be written to: ${errorMessage(error)}`,
      "give it to the user that runs archiver, or mount it writable",
    );
  }
  const { mode } = await stat(location);
  if ((mode & accessByOthers) !== 0)
    warn(
      "vault permissions",
      "every user of this machine may enter the vault, and archives hold passwords",
      `run: chmod o= ${location}`,
    );
  else ok("vault permissions", "no other user of this machine may enter it");

  const free = await vault.freeBytes();
  const facts = `${formatBytes(free)} free, the next archives take about ${formatBytes(expectedBytes)}`;
  const remedy = "keep fewer archives (`retention`, then archiver prune), or move the vault to a larger disk";
  if (expectedBytes > free) fail("space", `${facts} and will not fit`, remedy);
  else if (expectedBytes * roomFactor > free) warn("space", facts, remedy);
  else ok("space", facts);
  return lines;
}

/** So many more nights should fit. */
const roomFactor = 3;
