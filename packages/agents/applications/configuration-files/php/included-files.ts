import { dirname, isAbsolute, join } from "node:path";
import type { Host } from "../../host.ts";
import { type PhpStatement, PhpSyntaxError, parsePhp } from "./syntax.ts";

export interface PhpFile {
  /** Links followed, as PHP does. */
  path: string;
  /** None where it is not there, is left out, is not understood, or was asked for once and read before. */
  statements: readonly PhpStatement[];
}

export interface IncludedFiles {
  /** Relative names start at the directory of the file that includes. */
  read(name: string, from: string, once: boolean): Promise<PhpFile>;
  /** A file is included whose name is not known. */
  miss(from: string, line: number | undefined): void;
  readonly paths: readonly string[];
  readonly warnings: readonly string[];
}

/** More than any configuration has: programs that include each other without an end. */
const most = 200;

/** Reads what a configuration includes; files that match `leaveOut` begin the application instead of configuring it. */
export function createIncludedFiles(host: Host, leaveOut: RegExp | undefined): IncludedFiles {
  const paths = new Set<string>();
  const warnings = new Set<string>();
  let count = 0;
  return {
    async read(name, from, once) {
      const named = isAbsolute(name) ? name : join(dirname(from), name);
      const path = (await host.realPath(named)) ?? named;
      const isOver = (once && paths.has(path)) || count >= most;
      if (isOver || leaveOut?.test(path) === true || (await host.kind(path)) !== "file")
        return { path, statements: [] };
      paths.add(path);
      count += 1;
      try {
        return { path, statements: await parsePhp((await host.readText(path)) ?? "") };
      } catch (error) {
        if (!(error instanceof PhpSyntaxError)) throw error;
        const problem = `${error.message}, line ${error.line}`;
        warnings.add(`${path} cannot be understood (${problem}): what it sets is not known here`);
        return { path, statements: [] };
      }
    },
    miss(from, line) {
      warnings.add(`${from}, line ${line}: a file is included whose name is not known here`);
    },
    get paths() {
      return [...paths];
    },
    get warnings() {
      return [...warnings];
    },
  };
}
