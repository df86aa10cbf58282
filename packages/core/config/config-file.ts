import { readFile, stat } from "node:fs/promises";
import { errorMessage, OperationError } from "../errors.ts";
import { type ParsedDocument, parseConfigText } from "./document.ts";

export interface ConfigFile extends ParsedDocument {
  /** Whether users besides owner and group may read it. */
  readableByOthers: boolean;
  writableByOthers: boolean;
}

/** Reads and parses a configuration file: `.json` as JSON, anything else as YAML. Throws where it cannot be read. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const { content, mode } = await readContent(path);
  return {
    ...parseContent(content, path.endsWith(".json") ? "json" : "yaml"),
    readableByOthers: (mode & 0o004) !== 0,
    writableByOthers: (mode & 0o002) !== 0,
  };
}

async function readContent(path: string): Promise<{ content: Buffer; mode: number }> {
  try {
    const status = await stat(path);
    // What is no file of its own, such as a shell's <(command), has no permissions that would tell anything.
    return { content: await readFile(path), mode: status.isFile() ? status.mode : 0 };
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new OperationError(
      "config-invalid",
      `the configuration file ${path} cannot be read: ${errorMessage(error)}`,
      {
        hint: "name a file that this user may read",
        cause: error,
      },
    );
  }
}

function parseContent(content: Buffer, format: "yaml" | "json"): ParsedDocument {
  const text = content.toString("utf8");
  const broken = firstBrokenCharacter(content, text);
  if (broken === undefined) return parseConfigText(text, format);
  const lines = text.slice(0, broken).split("\n");
  const fault = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, message: "is not UTF-8 text" };
  return { value: undefined, positions: new Map(), faults: [fault] };
}

// Decoding puts U+FFFD in place of what is no UTF-8; a file may also hold that character itself.
function firstBrokenCharacter(content: Buffer, text: string): number | undefined {
  if (Buffer.from(text).equals(content)) return undefined;
  for (let index = text.indexOf("\ufffd"); index !== -1; index = text.indexOf("\ufffd", index + 1)) {
    const start = Buffer.byteLength(text.slice(0, index));
    if (!content.subarray(start, start + 3).equals(Buffer.from("\ufffd"))) return index;
  }
  return 0;
}
