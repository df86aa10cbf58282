import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { silentLogger } from "@catapullt/core/log/logger";
import { createRandom, randomInteger } from "@catapullt/testkit/random";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import type { Receipt } from "../vault/receipt.ts";
import type { Vault } from "../vault/vault.ts";
import { openDatabase, openInMemory } from "./database.ts";
import { followJournal } from "./follow.ts";
import { openCatalog } from "./open.ts";

const minute = 60_000;
const start = Date.parse("2026-11-01T00:00:00.000Z");

/** Receipts of few archives of few hosts in any order, also such as make no sense. */
function anyReceipts(seed: number, length: number): Receipt[] {
  const random = createRandom(seed);
  const pick = <Value>(values: readonly Value[]) => values[randomInteger(random, values.length)] as Value;
  return Array.from({ length }, (_, index) => {
    const at = new Date(start + index * minute).toISOString();
    if (random() < 0.04) return { at, event: "renamed", from: pick(["a", "b"]), to: pick(["b", "c"]) };
    const application = pick(["wiki", "jira"]);
    return {
      event: pick([
        "stored",
        "verified",
        "pruned",
        "quarantined",
        "proven",
        "disproven",
        "accepted",
        "removed",
        "described",
      ]),
      at,
      host: pick(["a", "b", "c"]),
      application,
      name: `${application}_2026100${pick([1, 2])}T020000Z.tar.zst`,
      bytes: pick([7, 8]),
      sha1: pick(["a", "b"]).repeat(40),
      source: "s",
      seconds: 1,
      version: "7",
      verifiedAt: at,
      covers: ["files"],
      findings: ["x"],
      reasons: [],
      path: "p",
      reason: "r",
      contents: { startedAt: at, endedAt: at, databases: [], trees: [] },
    } as Receipt;
  });
}

function stateOf(database: ReturnType<typeof openInMemory>) {
  const rows = (sql: string) =>
    database
      .prepare(sql)
      .all()
      .map((row) => JSON.stringify(row))
      .sort();
  const ofApplication = "(SELECT host || '/' || name FROM application p WHERE p.id = t.application)";
  return {
    archives: rows(`SELECT ${ofApplication} AS place, t.* FROM archive t`).map(withoutNumber),
    contents: rows(`SELECT ${ofApplication} AS place, t.* FROM contents t`).map(withoutNumber),
    applications: rows("SELECT host, name, accepted, last_proof, last_drill, last_drill_result FROM application"),
    flows: rows("SELECT * FROM flow"),
  };
}

// Which number an application gets is of no importance.
function withoutNumber(row: string): string {
  return row.replace(/"application":\d+/, "");
}

function followAll(database: ReturnType<typeof openInMemory>, vault: Vault) {
  for (const _ of followJournal(database, vault));
  return stateOf(database);
}

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  "knows the same whether it reads a journal at once or in parts of bytes: %i",
  async (seed) => {
    const root = temporaryDirectory();
    mkdirSync(join(root, ".archiver"));
    const journal = join(root, ".archiver", "receipts.jsonl");
    const vault = await openDirectoryVault(root);
    const random = createRandom(seed + 1000);
    const text = Buffer.from(
      anyReceipts(seed, 80)
        .map((receipt) => `${JSON.stringify(receipt)}\n`)
        .join(""),
    );
    const path = join(root, "parts.sqlite");
    for (let offset = 0; offset < text.length; ) {
      const length = 1 + randomInteger(random, 4000);
      appendFileSync(journal, text.subarray(offset, offset + length));
      offset += length;
      const database = openDatabase(path);
      followAll(database, vault);
      database.close();
    }
    const parts = openDatabase(path);
    const whole = openInMemory();
    expect(stateOf(parts)).toEqual(followAll(whole, vault));
    parts.close();
    whole.close();
  },
);

test("holds no more than one archive of a name", async () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, ".archiver"));
  const lines = anyReceipts(7, 3000).map((receipt) => `${JSON.stringify(receipt)}\n`);
  appendFileSync(join(root, ".archiver", "receipts.jsonl"), lines.join(""));
  const database = openInMemory();
  followAll(database, await openDirectoryVault(root));
  const doubles = database.prepare(
    "SELECT name FROM archive WHERE held = 1 GROUP BY application, name HAVING count(*) > 1",
  );
  expect(doubles.all()).toEqual([]);
  database.close();
});

test("finds nothing held in directories that are not there, whatever the journal says", async () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, ".archiver"));
  const lines = anyReceipts(3, 200).map((receipt) => `${JSON.stringify(receipt)}\n`);
  appendFileSync(join(root, ".archiver", "receipts.jsonl"), lines.join(""));
  const vault = await openDirectoryVault(root);
  const catalog = await openCatalog(vault, { log: silentLogger(), signal: new AbortController().signal });
  expect(catalog.held()).toEqual([]);
  expect(catalog.history().length).toBeGreaterThan(5);
  catalog.close();
});
