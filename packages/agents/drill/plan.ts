import type { Manifest, ManifestDatabase, ManifestTree } from "@catapullt/core/archive/manifest";
import type { Selection } from "../restore/selection.ts";

/** What a drill restores; plain data. */
export interface DrillPlan {
  /** Dumps by the server that they need: one for each value of `engine`. */
  servers: { engine: string; databases: ManifestDatabase[] }[];
  trees: ManifestTree[];
  covers: ("database" | "files")[];
  /** Bytes that the drill's directory must have room for. */
  bytes: number;
}

// Indexes and pages that are not full; measured with dumps of MariaDB and PostgreSQL.
const growth = 2.5;
const emptyServer = 400 * 1024 ** 2;
const bytesPerFile = 4096;

/** Decides from the manifest; changes nothing. */
export function planDrill({ databases, trees }: Manifest, selection: Selection): DrillPlan {
  const wanted = databases.filter(({ member }) => selection.database(member));
  const servers = [...new Set(wanted.map(({ engine }) => engine))].map((engine) => ({
    engine,
    databases: wanted.filter((database) => database.engine === engine),
  }));
  const files = trees.filter(
    ({ label, files, directories, links }) => selection.tree(label) !== "none" && files + directories + links > 0,
  );
  return {
    servers,
    trees: files,
    covers: [...(wanted.length > 0 ? ["database" as const] : []), ...(files.length > 0 ? ["files" as const] : [])],
    bytes:
      servers.reduce((sum, { engine, databases: dumps }) => sum + serverBytes(engine, dumps), 0) +
      files.reduce((sum, tree) => sum + tree.bytes + (tree.files + tree.directories) * bytesPerFile, 0),
  };
}

function serverBytes(engine: string, dumps: readonly ManifestDatabase[]): number {
  const bytes = dumps.reduce((sum, dump) => sum + dump.bytes, 0);
  return engine === "sqlite" ? bytes : emptyServer + Math.ceil(bytes * growth);
}
