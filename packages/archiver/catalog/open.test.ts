import { appendFileSync, mkdirSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLogger } from "@catapullt/core/log/logger";
import { createTemporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDirectoryVault } from "../vault/directory/vault.ts";
import type { Receipt } from "../vault/receipt.ts";
import type { Catalog, CatalogScope } from "./catalog.ts";
import { openCatalog } from "./open.ts";

let place: ReturnType<typeof createTemporaryDirectory>;
let warnings: string[];
const sha1 = "a".repeat(40);

beforeEach(() => {
  place = createTemporaryDirectory("catalog");
  warnings = [];
});

afterEach(() => place.remove());

const log = createLogger({ format: "plain", level: "warn", write: (line) => warnings.push(line) });

async function withCatalog<Answer>(ask: (catalog: Catalog) => Answer, scope?: CatalogScope): Promise<Answer> {
  const vault = await openDirectoryVault(place.path);
  const catalog = await openCatalog(vault, {
    log,
    signal: new AbortController().signal,
    ...(scope === undefined ? {} : { scope }),
  });
  try {
    return ask(catalog);
  } finally {
    catalog.close();
  }
}

interface Sample {
  host?: string;
  day?: number;
  hash?: string;
  content?: string;
}

const nameOf = (day: number) => `wiki_202611${String(day).padStart(2, "0")}T020000Z.tar.zst`;

function put({ host = "a", day = 1, hash = sha1, content = "seven.." }: Sample = {}): void {
  mkdirSync(join(place.path, host, "wiki"), { recursive: true });
  writeFileSync(join(place.path, host, "wiki", nameOf(day)), content);
  writeFileSync(join(place.path, host, "wiki", `${nameOf(day)}.sha1`), `${hash}  ${nameOf(day)}\n`);
}

function write(event: string, { host = "a", day = 1, hash = sha1, ...more }: Sample & object = {}): void {
  const at = "2026-11-23T04:00:00.000Z";
  const facts = { stored: { source: "s", seconds: 1, version: "7", verifiedAt: at }, pruned: { reasons: [] } };
  const identity = { at, host, application: "wiki", name: nameOf(day), bytes: 7, sha1: hash };
  const line = { event, ...identity, ...facts[event as keyof typeof facts], ...more } as Receipt;
  mkdirSync(join(place.path, ".archiver"), { recursive: true });
  appendFileSync(join(place.path, ".archiver", "receipts.jsonl"), `${JSON.stringify(line)}\n`);
}

test("knows what lies in the vault and what the journal says of it, newest first", async () => {
  put({ day: 1 });
  put({ day: 2 });
  write("stored", { day: 1 });
  expect(await withCatalog((catalog) => catalog.held())).toMatchObject([
    { name: nameOf(2), bytes: 7, sha1, version: undefined, verifiedAt: undefined },
    { name: nameOf(1), version: "7", verifiedAt: "2026-11-23T04:00:00.000Z", time: new Date("2026-11-01T02:00:00Z") },
  ]);
  expect(warnings).toEqual([]);
});

test("keeps what is gone, and when it went", async () => {
  write("stored");
  write("pruned");
  expect(await withCatalog((catalog) => [catalog.held(), catalog.history(), catalog.flows()])).toMatchObject([
    [],
    [{ goneAt: new Date("2026-11-23T04:00:00.000Z"), arrivedAt: new Date("2026-11-23T04:00:00.000Z") }],
    [{ day: "2026-11-23", arrived: 7, left: 7 }],
  ]);
});

test("has no history of what lay there under an archive's name and was never known to be one", async () => {
  put({ content: "rotten" });
  write("stored");
  expect(await withCatalog((catalog) => catalog.history().map(({ bytes }) => bytes))).toEqual([6, 7]);
  rmSync(join(place.path, "a", "wiki", nameOf(1)));
  expect(await withCatalog((catalog) => catalog.history().map(({ bytes }) => bytes))).toEqual([7]);
});

test("keeps what is known of an archive whose host was renamed in two goes, and that was looked at in between", async () => {
  const rename = () => {
    const line = { event: "renamed", at: "2026-11-23T05:00:00.000Z", from: "a", to: "b" };
    appendFileSync(join(place.path, ".archiver", "receipts.jsonl"), `${JSON.stringify(line)}\n`);
  };
  put();
  write("stored");
  await withCatalog(() => {});
  rename();
  await withCatalog(() => {}); // the directory has not been moved yet
  rename();
  renameSync(join(place.path, "a"), join(place.path, "b"));
  expect(await withCatalog((catalog) => [catalog.held(), catalog.history()])).toMatchObject([
    [{ host: "b", version: "7", verifiedAt: "2026-11-23T04:00:00.000Z" }],
    [{ host: "b", goneAt: undefined }],
  ]);
});

test("goes on after a move of the vault, and works new lines in", async () => {
  put();
  write("stored");
  await withCatalog(() => {});
  const moved = `${place.path}/moved`;
  mkdirSync(moved);
  for (const name of readdirSync(place.path).filter((name) => name !== "moved"))
    renameSync(join(place.path, name), join(moved, name));
  const before = place;
  place = { ...place, path: moved };
  try {
    put({ day: 2 });
    write("stored", { day: 2 });
    expect(await withCatalog((catalog) => catalog.held())).toHaveLength(2);
    expect(warnings).toEqual([]);
  } finally {
    place = before;
  }
});

test.each<[string, (file: string) => void]>([
  ["no database", (file) => writeFileSync(file, "no database at all".repeat(100))],
  ["cut off", (file) => truncateSync(file, 5000)],
  [
    "a directory",
    (file) => {
      rmSync(file);
      mkdirSync(file);
    },
  ],
])("sets a catalog aside that is %s, and makes it anew", async (_, spoil) => {
  put();
  write("stored");
  await withCatalog(() => {});
  spoil(join(place.path, ".archiver", "catalog.sqlite"));
  expect(await withCatalog((catalog) => catalog.held())).toMatchObject([{ name: nameOf(1), version: "7" }]);
  expect(warnings).toEqual([expect.stringContaining("is damaged")]);
  expect(readdirSync(join(place.path, ".archiver")).filter((name) => name.includes("corrupt"))).toHaveLength(1);
});
