import type { ArchiveId, Vault } from "./vault.ts";

/** Records what the manifest of an archive in the vault says; nothing for an archive that has none. */
export async function describeArchive(
  { host, application, name, bytes, sha1 }: ArchiveId & { bytes: number; sha1: string },
  { vault, signal }: { vault: Vault; signal: AbortSignal },
): Promise<void> {
  const id = { host, application, name };
  const contents = await vault.contents(id, signal);
  if (contents === undefined) return;
  await vault.record({ event: "described", at: new Date().toISOString(), ...id, bytes, sha1, contents });
}
