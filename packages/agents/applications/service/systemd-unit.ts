import { dirname, isAbsolute, join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import type { Host } from "../host.ts";

/** What a service's unit files say; from the file that systemd would take, with its drop-ins. */
export interface ServiceUnit {
  /** The unit file that was read first, for messages. */
  path: string;
  environment: ReadonlyMap<string, string>;
  /** The words of the last `ExecStart=`, without systemd's prefixes, variables put in. */
  command: readonly string[];
  user: string | undefined;
  workingDirectory: string | undefined;
  dropIns: readonly string[];
  /** The files of `EnvironmentFile=` that are there and can be read. */
  environmentFiles: readonly string[];
}

const unitDirectories = [
  "/etc/systemd/system",
  "/run/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
];

/** The unit of the first of these services that the host has. */
export async function findServiceUnit(host: Host, names: readonly string[]): Promise<ServiceUnit | undefined> {
  for (const name of names) {
    const unit = await readServiceUnit(host, name);
    if (unit !== undefined) return unit;
  }
  return undefined;
}

/** Reads `<name>.service`; undefined where the host has none. Specifiers such as `%i` stay as they are. */
export async function readServiceUnit(host: Host, name: string): Promise<ServiceUnit | undefined> {
  const file = `${name}.service`;
  const [path, text] = await firstText(
    host,
    unitDirectories.map((directory) => join(directory, file)),
  );
  if (path === undefined) return undefined;
  const dropIns = await readDropIns(host, file);
  const settings = [text, ...dropIns.map((dropIn) => dropIn.text)].flatMap(serviceSettings);
  const environment = new Map<string, string>();
  for (const line of values(settings, "Environment")) for (const word of splitWords(line)) assign(environment, word);
  const environmentFiles: string[] = [];
  for (const value of values(settings, "EnvironmentFile")) {
    const variableFile = value.replace(/^-/, "");
    const content = await readIfAllowed(host, variableFile);
    if (content === undefined) continue;
    environmentFiles.push(variableFile);
    for (const line of content.split("\n")) assign(environment, line.trim());
  }
  const [program = "", ...words] = splitWords(values(settings, "ExecStart").at(-1) ?? "");
  const command = program === "" ? [] : [program.replace(/^[-@:+!|]+/, ""), ...words];
  return {
    path,
    environment,
    command: command.flatMap((word) => putVariablesIn(word, environment)),
    user: values(settings, "User").at(-1),
    workingDirectory: values(settings, "WorkingDirectory").at(-1)?.replace(/^-/, ""),
    dropIns: dropIns.map((dropIn) => dropIn.path),
    environmentFiles,
  };
}

// `${NAME}` anywhere in a word; `$NAME` only as a whole word, which may become several; `$$` is a dollar sign.
function putVariablesIn(word: string, environment: ReadonlyMap<string, string>): string[] {
  const whole = /^\$([A-Za-z_]\w*)$/.exec(word)?.[1];
  if (whole !== undefined) return splitWords(environment.get(whole) ?? "");
  return [
    word.replace(/\$(?:\$|\{(\w+)\})/g, (_, name: string | undefined) =>
      name === undefined ? "$" : (environment.get(name) ?? ""),
    ),
  ];
}

// A file of variables may be root's alone; what it names can be set in the agent's configuration instead.
async function readIfAllowed(host: Host, path: string): Promise<string | undefined> {
  try {
    return await host.readText(path);
  } catch (error) {
    if (error instanceof OperationError) return undefined;
    throw error;
  }
}

/**
 * The directory of the program files that the unit starts: the first group of `script` where it has one, else the directory above
 * the one that the program lies in: `/opt/x` for `/opt/x/bin/start.sh`.
 */
export function programDirectory(unit: ServiceUnit | undefined, script: RegExp): string | undefined {
  const program = unit?.command.find((word) => isAbsolute(word) && script.test(word));
  return program === undefined ? undefined : (script.exec(program)?.[1] ?? dirname(dirname(program)));
}

async function firstText(host: Host, paths: readonly string[]): Promise<[string, string] | [undefined, string]> {
  for (const path of paths) {
    const text = await host.readText(path);
    if (text !== undefined) return [path, text];
  }
  return [undefined, ""];
}

// By name, whatever their directory; of two with one name the one of the stronger directory counts.
async function readDropIns(host: Host, file: string): Promise<{ path: string; text: string }[]> {
  const found = new Map<string, { path: string; text: string }>();
  for (const directory of unitDirectories.toReversed()) {
    for (const name of (await host.list(join(directory, `${file}.d`))) ?? []) {
      const path = join(directory, `${file}.d`, name);
      const text = name.endsWith(".conf") ? await host.readText(path) : undefined;
      if (text !== undefined) found.set(name, { path, text });
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, dropIn]) => dropIn);
}

function serviceSettings(text: string): [string, string][] {
  let section = "";
  const settings: [string, string][] = [];
  for (const line of text.replace(/\\\r?\n/g, " ").split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === "" || /^[#;]/.test(trimmed)) continue;
    if (trimmed.startsWith("[")) section = trimmed;
    const equals = trimmed.indexOf("=");
    if (section === "[Service]" && equals > 0)
      settings.push([trimmed.slice(0, equals).trim(), trimmed.slice(equals + 1).trim()]);
  }
  return settings;
}

// An empty value takes back all earlier ones.
function values(settings: readonly [string, string][], name: string): string[] {
  const all = settings.filter(([key]) => key === name).map(([, value]) => value);
  return all.slice(all.lastIndexOf("") + 1);
}

function assign(environment: Map<string, string>, assignment: string): void {
  const [, name, value = ""] = /^([A-Za-z_]\w*)=(.*)$/s.exec(assignment) ?? [];
  if (name !== undefined) environment.set(name, unquote(value));
}

function splitWords(line: string): string[] {
  return (line.match(/(?:"(?:\\.|[^"])*"|'[^']*'|[^\s"'])+/g) ?? []).map(unquote);
}

function unquote(text: string): string {
  return text.replace(/"((?:\\.|[^"])*)"|'([^']*)'/g, (_, double: string | undefined, single: string | undefined) =>
    double === undefined ? (single ?? "") : double.replace(/\\(.)/g, "$1"),
  );
}
