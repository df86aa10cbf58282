import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeCommandTree } from "@catapullt/core/cli/command-tree";
import { shells } from "@catapullt/core/cli/completion-shells";
import { buildProgram } from "@catapullt/core/cli/program";
import { execa } from "execa";
import { bundle } from "./bundle.ts";
import { collectLicences } from "./licences.ts";
import { renderManPage } from "./man-page.ts";
import { type PackedProgram, repository } from "./programs.ts";

/**
 * Packs a program into a tarball that `npm install -g FILE` installs without a registry: it has no dependencies. Returns the
 * tarball's path.
 */
export async function packProgram(program: PackedProgram, directory: string): Promise<string> {
  const stage = join(directory, program.folder);
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage, { recursive: true });
  const { version, license, engines } = await readManifest(`packages/${program.folder}/package.json`);
  const commit = await describeCommit();
  const { entry, libraryFiles } = await bundle(program, {
    directory: stage,
    version: commit === undefined ? version : `${version} (${commit})`,
  });
  const manifest = {
    name: `@catapullt/${program.folder}`,
    version,
    description: program.summary,
    license,
    type: "module",
    engines,
    bin: { [program.command]: entry },
    man: [`./man/${program.command}.1`],
  };
  await writeFile(join(stage, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(stage, "THIRD-PARTY-LICENCES.txt"), await collectLicences(libraryFiles));
  await writeShellFiles(program, stage, version);
  for (const name of ["LICENSE", "CHANGELOG.md"]) await copyFile(new URL(name, repository), join(stage, name));
  const { stdout } = await execa("npm", ["pack", "--json", "--pack-destination", directory], { cwd: stage });
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  if (packed === undefined) throw new Error("npm pack made no tarball");
  await rm(stage, { recursive: true });
  return join(directory, packed.filename);
}

/** The manual page, which npm links where `man` finds it, and the scripts for completion. */
async function writeShellFiles({ command, description }: PackedProgram, stage: string, version: string): Promise<void> {
  const tree = describeCommandTree(buildProgram(await description(), () => async () => {}));
  await mkdir(join(stage, "man"));
  await writeFile(join(stage, "man", `${command}.1`), renderManPage(tree, version));
  for (const [shell, { render, fileName }] of Object.entries(shells)) {
    const place = join(stage, "completions", shell);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, fileName(command)), render(tree));
  }
}

async function readManifest(path: string): Promise<{ version: string; license: string; engines: object }> {
  return JSON.parse(await readFile(new URL(path, repository), "utf8"));
}

/** `1a2b3c4`, or `1a2b3c4, changed` where files differ from it; undefined where there is no repository. */
async function describeCommit(): Promise<string | undefined> {
  const { stdout, exitCode } = await execa(
    "git",
    ["describe", "--always", "--exclude=*", "--abbrev=10", "--dirty=, changed"],
    {
      cwd: fileURLToPath(repository),
      reject: false,
    },
  );
  return exitCode === 0 ? stdout : undefined;
}
