import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTerminal } from "@catapullt/core/cli/terminal";
import { OperationError } from "@catapullt/core/errors";
import { silentLogger } from "@catapullt/core/log/logger";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { archiverSchema } from "../config/schema.ts";
import { putWholeArchive } from "../test/whole-archive.ts";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import type { StoredArchive, Vault } from "../vault/vault.ts";
import { runVerify } from "./run.ts";

const full = new OperationError("vault-full", "no space left for it");

/** Verifies a vault with one archive in which `happen` takes place before the archive is read. */
async function verifyWhile(
  happen: (vault: Vault, archive: StoredArchive) => Promise<void>,
  faults: Partial<Vault> = {},
) {
  const directory = temporaryDirectory();
  const root = join(directory, "vault");
  mkdirSync(join(root, "wiki01"), { recursive: true });
  await putWholeArchive(join(root, "wiki01"));
  await putWholeArchive(join(root, "wiki01"), { application: "zulip" });
  const vault = await openDirectoryVault(root);
  const disturbed: Vault = {
    ...vault,
    ...faults,
    async verify(id, options) {
      const archive = (await vault.stored("wiki01")).find(({ name }) => name === id.name);
      if (id.application === "wiki" && archive !== undefined) await happen(vault, archive);
      return vault.verify(id, options);
    },
  };
  const run = await runVerify(
    {
      vault: disturbed,
      config: archiverSchema.parse({ vault: root, stateDir: join(directory, "state") }),
      hosts: ["wiki01"],
      options: { since: undefined, sample: undefined, rate: undefined },
    },
    {
      environment: {},
      configFile: undefined,
      log: silentLogger(),
      terminal: createTerminal(false),
      signal: new AbortController().signal,
      releaseSignals() {},
    },
  );
  const results = run.outcomes.map(({ application, result, failure }) => [application, result, failure?.message]);
  return { results: results.sort() };
}

test("does not complain of an archive that the retention has removed meanwhile", async () => {
  const { results } = await verifyWhile(async (vault, { host, application, name, bytes, sha1 = "" }) => {
    const at = new Date().toISOString();
    await vault.record({ event: "pruned", at, host, application, name, bytes, sha1, reasons: ["no rule keeps it"] });
    await vault.remove({ host, application, name });
  });
  expect(results).toEqual([
    ["wiki", "gone", undefined],
    ["zulip", "whole", undefined],
  ]);
});

test("tells of an archive that has vanished, and verifies the others", async () => {
  const { results } = await verifyWhile(async (vault, { host, application, name }) => {
    rmSync(join(vault.location, host, application, name));
  });
  expect(results).toEqual([
    ["wiki", "failed", expect.stringMatching(/^wiki01\/wiki\/wiki_.* has vanished from the vault$/)],
    ["zulip", "whole", undefined],
  ]);
});

test.each<[string, Partial<Vault>, string, RegExp]>([
  ["cannot be moved", { quarantine: () => Promise.reject(full) }, "failed", /it lies where it lay: no space left/],
  [
    "was moved, which cannot be recorded",
    { record: (receipt) => (receipt.event === "quarantined" ? Promise.reject(full) : Promise.resolve()) },
    "quarantined",
    /it was moved to .*; no space left/,
  ],
])("still tells of the damage where an archive %s", async (_, faults, result, message) => {
  const { results } = await verifyWhile(async (vault, { host, application, name }) => {
    writeFileSync(join(vault.location, host, application, name), "");
  }, faults);
  expect(results).toEqual([
    ["wiki", result, expect.stringMatching(/is damaged/)],
    ["zulip", "whole", undefined],
  ]);
  expect(results[0]?.[2]).toMatch(message);
});
