import { glob, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readChangesets } from "@changesets/read";
import { addRelease } from "./changelog.ts";

export interface ReleaseOptions {
  date: Date;
  /** Writes the new versions and removes the changesets. False where that failed, which it has told then. */
  bump(): Promise<boolean>;
}

/** Turns the changesets of a repository into a release: returns its version, or why there is none. */
export async function makeRelease(
  repository: string,
  { date, bump }: ReleaseOptions,
): Promise<{ version: string } | { problem: string }> {
  const changesets = await readChangesets(repository);
  if (changesets.length === 0) {
    return { problem: "there is nothing to release: .changeset/ holds no entry\nadd one: npx -y pnpm@12 changeset" };
  }
  const before = await readVersion(repository);
  if (!(await bump())) return { problem: "no release was made" };
  const version = await readVersion(repository);
  if (version === before) return { problem: `the version is still ${version}: no changeset asks for a new one` };
  await edit(join(repository, "CHANGELOG.md"), (text) =>
    addRelease(text, { version, date: date.toISOString().slice(0, 10), changesets }),
  );
  for await (const page of glob("docs/**/*.md", { cwd: repository }))
    await edit(join(repository, page), (text) => renameTarballs(text, { before, version }));
  return { version };
}

/** All packages have the same one. */
async function readVersion(repository: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(repository, "packages/core/package.json"), "utf8"));
  return version;
}

/** Pages name the packages to install as they are called: `catapullt-agents-0.1.0.tgz`. */
function renameTarballs(text: string, { before, version }: { before: string; version: string }): string {
  return text.replaceAll(/(catapullt-\w+)-([\w.-]+)\.tgz/g, (name, program, named) =>
    named === before ? `${program}-${version}.tgz` : name,
  );
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(file, "utf8");
  const changed = change(text);
  if (changed !== text) await writeFile(file, changed);
}
