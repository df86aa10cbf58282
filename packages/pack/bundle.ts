import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type InputOptions,
  type OutputChunk,
  type OutputOptions,
  type Plugin,
  type RolldownOutput,
  rolldown,
} from "rolldown";
import { leaveOutModules } from "./left-out-modules.ts";
import { type PackedProgram, repository } from "./programs.ts";
import { groupByStart } from "./startup-groups.ts";
import { bundleWorkerFiles } from "./worker-files.ts";

export interface BundleOptions {
  /** Where `bin/` and `lib/` are made. */
  directory: string;
  /** What `--version` prints. */
  version: string;
}

export interface Bundle {
  /** The command's file, relative to the directory. */
  entry: string;
  /** Paths of all files of others that are in it. */
  libraryFiles: string[];
}

/** Puts a program, core and all libraries into JavaScript files that need nothing but Node. */
export async function bundle(program: PackedProgram, options: BundleOptions): Promise<Bundle> {
  const build = await rolldown(inputOptions(program, options.version));
  try {
    const output = outputOptions(options.directory);
    const split = chunksOf(await build.generate(output));
    const groups = groupByStart(split, program.starts).map((modules, index) => ({
      name: `start-${index + 1}`,
      test: (id: string) => modules.has(id),
      priority: program.starts.length - index,
    }));
    const chunks = chunksOf(await build.write({ ...output, codeSplitting: { groups } }));
    const libraryFiles = chunks.flatMap(({ moduleIds }) => moduleIds).filter((id) => id.includes("/node_modules/"));
    return { entry: `bin/${program.command}.js`, libraryFiles: [...new Set(libraryFiles)] };
  } finally {
    await build.close();
  }
}

function inputOptions({ folder, command }: PackedProgram, version: string): InputOptions {
  const source = fileURLToPath(new URL(`packages/${folder}/`, repository));
  return {
    cwd: fileURLToPath(repository),
    input: { [command]: join(source, "bin", `${command}.ts`) },
    platform: "node",
    // What CommonJS libraries have, and modules do not.
    transform: { define: { __dirname: "import.meta.dirname", __filename: "import.meta.filename" } },
    plugins: [nameVersion(join(source, "package.json"), version), bundleWorkerFiles(), leaveOutModules()],
    onLog(level, log, handle) {
      // A module that one start loads at once may be loaded later by another command.
      if (log.code === "INEFFECTIVE_DYNAMIC_IMPORT") return;
      if (level === "warn") throw new Error(`the bundle of ${command} is not clean: ${log.message}`);
      handle(level, log);
    },
  };
}

function outputOptions(directory: string): OutputOptions {
  return {
    dir: directory,
    format: "esm",
    sourcemap: true,
    // Half the time to start; names stay, for stack traces.
    minify: { mangle: false, compress: true, codegen: true },
    entryFileNames: "bin/[name].js",
    chunkFileNames: "lib/[name]-[hash].js",
  };
}

function chunksOf({ output }: RolldownOutput): OutputChunk[] {
  return output.filter((file): file is OutputChunk => file.type === "chunk");
}

/** A program reads its version from its package.json; the bundle's says the commit, too. */
function nameVersion(manifestFile: string, version: string): Plugin {
  return {
    name: "version",
    async load(file) {
      if (file !== manifestFile) return null;
      return { code: JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), version }), moduleType: "json" };
    },
  };
}
