import { readCommandVersion } from "./command.ts";
import { readJsonVersion } from "./json.ts";
import { readProperties } from "./properties.ts";
import type { VersionSource } from "./source.ts";
import { matchPattern, readTextVersion } from "./text.ts";
import { type CapturedValue, requireVersion } from "./value.ts";
import { readXml } from "./xml.ts";
import { selectText } from "./xml-path.ts";

export interface CaptureContext {
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** Reads a version from where the configuration says it stands. Throws `version-unreadable`, naming the place. */
export async function captureVersion(source: VersionSource, context: CaptureContext): Promise<CapturedValue> {
  return requireVersion(await readVersion(source, context), describeSource(source));
}

async function readVersion(source: VersionSource, context: CaptureContext): Promise<string | undefined> {
  const { file, command, pattern } = source;
  if (file !== undefined) return readFileVersion(file, source);
  if (command !== undefined) return readCommandVersion(command, { pattern, ...context });
  return source.value;
}

async function readFileVersion(
  file: string,
  { json, xml, property, pattern }: VersionSource,
): Promise<string | undefined> {
  if (json !== undefined) return narrow(await readJsonVersion(file, json), pattern);
  if (xml !== undefined) return narrow(selectText(await readXml(file), xml), pattern);
  if (property !== undefined) return narrow((await readProperties(file)).get(property), pattern);
  return readTextVersion(file, pattern);
}

function narrow(value: string | undefined, pattern: string | undefined): string | undefined {
  return value === undefined || pattern === undefined ? value : matchPattern(value, pattern);
}

function describeSource({ file, json, xml, property, pattern, command }: VersionSource): string {
  if (command !== undefined) return `command ${command[0]}`; // its arguments may hold a password
  if (file === undefined) return "configuration";
  const place = json ?? xml ?? property ?? pattern;
  return place === undefined ? `file ${file}` : `file ${file} (${place})`;
}
