import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { systemProgram } from "./system-packages.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** What `change` may alter before everything is packed again. */
export interface UnpackedArchive {
  /** Where the members lie as files. */
  directory: string;
  /** Changes a dump, whose figures in the manifest then follow. */
  rewriteDump(rewrite: (dump: string) => string): void;
  /** Changes the manifest, and nothing else. */
  rewriteManifest(rewrite: (manifest: TamperedManifest) => void): void;
}

/** As much of a manifest as tests change. */
export interface TamperedManifest {
  databases: { name: string; bytes: number; sha1: string; parts: number; tables: { name: string; rows?: number }[] }[];
  trees: { label: string; files: number; bytes: number }[];
}

/** A copy of an archive with one database, in which something is wrong although all its sums are right. Returns its path. */
export function tamperArchive(archive: string, change: (content: UnpackedArchive) => void): string {
  const directory = temporaryDirectory("tampered");
  const content = join(directory, "content");
  mkdirSync(content);
  execFileSync(systemProgram("tar"), ["-xf", archive, "-C", content]);
  const manifestFile = join(content, "manifest.json");
  const rewriteManifest = (rewrite: (manifest: TamperedManifest) => void) => {
    const manifest = JSON.parse(readFileSync(manifestFile, "utf8")) as TamperedManifest;
    rewrite(manifest);
    writeFileSync(manifestFile, JSON.stringify(manifest));
  };
  change({
    directory: content,
    rewriteManifest,
    rewriteDump(rewrite) {
      const [name = ""] = readdirSync(join(content, "database"));
      const file = join(content, "database", name);
      const dump = Buffer.from(rewrite(readFileSync(file, "latin1")), "latin1");
      writeFileSync(file, dump);
      rewriteManifest(({ databases: [database] }) => {
        if (database === undefined) throw new Error(`${archive} has no database`);
        database.bytes = dump.length;
        database.sha1 = createHash("sha1").update(dump).digest("hex");
      });
    },
  });
  const path = join(directory, basename(archive));
  const members = ["VERSION", "RESTORE.md", "database", "files", "manifest.json"].filter((name) =>
    readdirSync(content).includes(name),
  );
  // Directories above the trees are no members of an archive.
  const listed = members.flatMap((name) =>
    name === "files" || name === "database"
      ? readdirSync(join(content, name)).map((entry) => `${name}/${entry}`)
      : [name],
  );
  execFileSync(systemProgram("tar"), ["--format=pax", "--zstd", "-cf", path, "-C", content, ...listed]);
  const sum = createHash("sha1").update(readFileSync(path)).digest("hex");
  writeFileSync(`${path}.sha1`, `${sum}  ${basename(path)}\n`);
  return path;
}
