import { run } from "@catapullt/core/process/run";
import { programEnvironment, programFile } from "@catapullt/testkit/programs";
import { systemProgram } from "@catapullt/testkit/system-packages";
import type { BackupHost } from "./backup-host.ts";

/** Runs `archiver` where the shell script `mount` has prepared the file system (`$VAULT`), in a mount namespace of its own. */
export async function archiverAfter(mount: string, host: BackupHost, args: readonly string[]) {
  const program = [process.execPath, programFile("archiver"), "--config", host.configFile, ...args];
  const { exitCode, output, errorOutput } = await run(
    systemProgram("unshare"),
    ["--user", "--map-root-user", "--mount", "sh", "-ec", `${mount}\nexec "$@"`, "sh", ...program],
    { environment: programEnvironment({ VAULT: host.vault }) },
  );
  return { exitCode, stdout: output.toString(), stderr: errorOutput };
}

/** The vault as it is, on a file system that nobody can write to. */
export const readOnlyVault = 'mount --bind "$VAULT" "$VAULT"; mount -o remount,bind,ro "$VAULT"';

/** A copy of the vault on a small file system that is full to the last byte. */
export const fullVault = `cp -a "$VAULT" "$VAULT.copy"
mount -t tmpfs -o size=1M tmpfs "$VAULT"
cp -a "$VAULT.copy/." "$VAULT"
dd if=/dev/zero of="$VAULT/filling" bs=4096 2>/dev/null || true`;
