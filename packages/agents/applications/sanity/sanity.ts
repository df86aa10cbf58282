import type { Manifest, ManifestDatabase } from "@catapullt/core/archive/manifest";
import type { EngineName } from "../../databases/engine.ts";
import type { Host } from "../host.ts";

/** An application's data as a drill has restored them, away from the application. */
export interface RestoredData {
  manifest: Manifest;
  /** Empty where only files were asked for. */
  databases: readonly RestoredDatabase[];
  /** Undefined where only databases were asked for. */
  files: RestoredFiles | undefined;
}

export interface RestoredDatabase {
  engine: EngineName;
  recorded: ManifestDatabase;
  /** Rows of one statement as text; SQL NULL is null. All of them are in memory at once. */
  query(sql: string): Promise<(string | null)[][]>;
  /** The table of this name, whatever its case, as it is written in a statement; undefined where there is none. */
  table(name: string): string | undefined;
}

export interface RestoredFiles {
  /** The host whose backup it was, as far as its files are in the archive: paths are those that they had there. */
  host: Host;
  /** Where the tree with this label stood; undefined where the archive has none. */
  root(label: string): string | undefined;
  /** Paths of all regular files below a directory; links are not followed. */
  walk(directory: string): AsyncIterable<string>;
}

/** The answer to one question about restored data. */
export interface SanityAnswer {
  /** For people: `{ what: "pages", count: 1204 }`. */
  figures: { what: string; count: number }[];
  /** What an administrator must not miss, a sentence each; empty where all is well. */
  findings: string[];
}

/** A question whose answer tells whether restored data are an application's, and belong together. */
export interface SanityCheck {
  /** What is asked, in a few words: `every attachment has its file`. */
  title: string;
  /** What it takes; it is not asked where that was not restored. */
  needs: readonly ("database" | "files")[];
  ask(data: RestoredData): Promise<SanityAnswer>;
}
