import { expect, test } from "vitest";
import type { Vault } from "../vault/vault.ts";
import { createSpaceLedger } from "./space.ts";

function ledger(free: number) {
  const disk = { free };
  const vault = { location: "/srv/backups", freeBytes: async () => disk.free } as Vault;
  return { disk, space: createSpaceLedger(vault) };
}

test("refuses what does not fit and names what is needed and what is there", async () => {
  const { space } = ledger(1_000);
  await expect(space.reserve(2_000, "a.tar")).rejects.toMatchObject({
    code: "vault-full",
    message: "a.tar needs 2.00 kB, and the vault /srv/backups has 1.00 kB left",
  });
});

test("counts what others have set aside and not written yet", async () => {
  const { disk, space } = ledger(1_000);
  const first = await space.reserve(600, "a");
  await expect(space.reserve(600, "b")).rejects.toMatchObject({ code: "vault-full" });

  first.spend(600);
  disk.free -= 600;
  await expect(space.reserve(400, "b")).resolves.toBeDefined();
});

test("gives back what was set aside and not used", async () => {
  const { space } = ledger(1_000);
  const first = await space.reserve(1_000, "a");
  first.spend(2_000);
  first.release();
  first.release();
  await expect(space.reserve(1_000, "b")).resolves.toBeDefined();
});
