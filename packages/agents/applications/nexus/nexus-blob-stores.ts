import { isAbsolute, join } from "node:path";
import type { DatabaseSettings } from "../../databases/engine.ts";
import { findTable } from "../database/find-table.ts";
import { isInside } from "../files/trees.ts";
import type { Query } from "../type.ts";

export const blobStoreTable = "blob_store_configuration";
export const blobStoreColumns = "name, type, attributes";

/** Where the content of repositories is kept. */
export interface BlobStore {
  name: string;
  /** `File`, `S3`, `Group` …, as the database has it. */
  type: string;
  /** The directory of one on a disk; undefined for the others. */
  directory: string | undefined;
}

/** A row of that table with those columns; attributes are `{ "file": { "path": "default" } }`, from `blobs` of the data directory on. */
export function readBlobStore([name, type, attributes]: readonly (string | null)[], home: string): BlobStore {
  const isFile = type?.toLowerCase() === "file";
  const path = /"file"\s*:\s*\{[^{}]*?"path"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(attributes ?? "")?.[1];
  const place = path === undefined ? (name ?? "") : String(JSON.parse(path));
  return {
    name: name ?? "",
    type: type ?? "",
    directory: isFile ? (isAbsolute(place) ? place : join(home, "blobs", place)) : undefined,
  };
}

export interface SavedPlaces {
  /** The application's name, for messages. */
  application: string;
  home: string;
  /** Roots of everything that is saved. */
  roots: readonly string[];
}

/** Blob stores that are not part of the backup; only the database knows them. */
export async function blobStoreWarnings(
  query: Query,
  database: DatabaseSettings,
  { application, home, roots }: SavedPlaces,
): Promise<string[]> {
  const table = await findTable(query, database, blobStoreTable);
  if (table === undefined) return [];
  const stores = (await query(database, `SELECT ${blobStoreColumns} FROM ${table}`)).map((row) =>
    readBlobStore(row, home),
  );
  return stores.flatMap(({ name, type, directory }) => {
    if (directory === undefined) {
      const isGroup = type.toLowerCase() === "group";
      return isGroup ? [] : [`the blob store ${name} is kept in ${type}: its content is not part of this backup`];
    }
    if (roots.some((root) => isInside(directory, root))) return [];
    return [
      `the blob store ${name} is in ${directory}, which is not saved: add it to \`applications.${application}.paths\``,
    ];
  });
}
