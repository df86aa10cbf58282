import { stringify } from "yaml";
import type { CommandResult } from "../cli/result.ts";
import { effectiveConfig, leafPaths } from "./effective.ts";
import { formatKeyPath, type KeyPath } from "./key-path.ts";
import type { ConfigDescription, LoadedConfig } from "./load.ts";
import { formatSource } from "./problems.ts";
import { isMapping } from "./shape.ts";

/** `config show`: the configuration as it takes effect, secrets masked, and where each value comes from. */
export function showConfig<T>({ schema }: ConfigDescription<T>, loaded: LoadedConfig<T>): CommandResult {
  const config = effectiveConfig(loaded.input, schema);
  const sourceOf = (path: KeyPath) => {
    const source = loaded.sources.of(path);
    return source === undefined ? "default" : formatSource(source);
  };
  const heading = `# ${loaded.file ?? "no configuration file: defaults and environment only"}`;
  const sources = leafPaths(config).map((path) => [formatKeyPath(path), sourceOf(path)]);
  return {
    text: `${[heading, ...describeValue(config, [], sourceOf)].join("\n")}\n`,
    json: { file: loaded.file ?? null, config, sources: Object.fromEntries(sources) },
  };
}

type SourceOf = (path: KeyPath) => string;

/** The lines of a mapping or list, not indented, each value with its source as a comment. */
function describeValue(value: unknown, path: KeyPath, sourceOf: SourceOf): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => {
      const [first = "", ...rest] = describeItem(item, [...path, index], sourceOf);
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
    });
  }
  return Object.entries(value as Record<string, unknown>).flatMap(([key, item]) => {
    const lines = describeItem(item, [...path, key], sourceOf);
    if (isLeaf(item)) return lines.map((line) => `${scalar(key)}: ${line}`);
    return [`${scalar(key)}:`, ...lines.map((line) => `  ${line}`)];
  });
}

function describeItem(item: unknown, path: KeyPath, sourceOf: SourceOf): string[] {
  return isLeaf(item) ? [`${scalar(item)} # ${sourceOf(path)}`] : describeValue(item, path, sourceOf);
}

function isLeaf(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return !isMapping(value) || Object.keys(value).length === 0;
}

// One line each; what YAML would spread over several is written as JSON, which YAML reads as well.
function scalar(value: unknown): string {
  const text = stringify(value, { lineWidth: 0 }).trimEnd();
  return text.includes("\n") ? JSON.stringify(value) : text;
}
