import { dirname } from "node:path";
import type { Host } from "../../host.ts";
import { type PhpValue, toText } from "./value.ts";

type Answer = PhpValue | undefined;

// Those that configuration files use to find their values; all others are not known.
const functions: Record<string, (host: Host, ...args: string[]) => Answer | Promise<Answer>> = {
  dirname: (_, path = "", levels = "1") => Array.from({ length: Number(levels) }).reduce(dirname, path),
  trim: (_, text = "", characters) => trim(text, characters, /^[\s\0]+|[\s\0]+$/g),
  rtrim: (_, text = "", characters) => trim(text, characters, /[\s\0]+$/),
  strtolower: (_, text = "") => text.toLowerCase(),
  realpath: async (host, path = "") => (await host.realPath(path)) ?? false,
  file_exists: async (host, path = "") => (await host.kind(path)) !== undefined,
  is_readable: async (host, path = "") => (await host.kind(path)) !== undefined,
  is_file: async (host, path = "") => (await host.kind(path)) === "file",
  is_dir: async (host, path = "") => (await host.kind(path)) === "directory",
  file_get_contents: async (host, path = "") => (await host.readText(path)) ?? false,
};

function trim(text: string, characters: string | undefined, blanks: RegExp): Answer {
  return characters === undefined || /^\s+$/.test(characters) ? text.replace(blanks, "") : undefined;
}

/** What one of PHP's own functions answers; undefined where that is not known. */
export async function callFunction(host: Host, name: string, args: readonly PhpValue[]): Promise<Answer> {
  const texts = args.map(toText).filter((text) => text !== undefined);
  if (!Object.hasOwn(functions, name) || texts.length < args.length) return undefined;
  return await functions[name]?.(host, ...texts);
}
