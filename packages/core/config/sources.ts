import type { Position } from "./document.ts";
import { type KeyPath, keyPathId } from "./key-path.ts";

/** Where a value of the configuration comes from. Lines and columns count from 1. */
export type Source =
  | { kind: "file"; file: string; line?: number | undefined; column?: number | undefined }
  | { kind: "environment"; variable: string };

export interface ConfigSources {
  /** Where exactly this value was set; undefined for a default. */
  of(path: KeyPath): Source | undefined;
  /** The same, or for what is set nowhere the nearest thing around it that is. */
  near(path: KeyPath): Source | undefined;
}

export interface SourceTables {
  file: string | undefined;
  /** By `keyPathId`. */
  positions: ReadonlyMap<string, Position>;
  /** By `keyPathId`. */
  variables: ReadonlyMap<string, string>;
}

export function createSources({ file, positions, variables }: SourceTables): ConfigSources {
  const fromVariable = (path: KeyPath): Source | undefined => {
    for (let length = path.length; length >= 0; length -= 1) {
      const variable = variables.get(keyPathId(path.slice(0, length)));
      if (variable !== undefined) return { kind: "environment", variable };
    }
    return undefined;
  };
  const fromFile = (path: KeyPath): Source | undefined => {
    const position = positions.get(keyPathId(path));
    return file === undefined || position === undefined ? undefined : { kind: "file", file, ...position };
  };
  const below = (path: KeyPath): Source | undefined => {
    const start = path.length === 0 ? "" : `${keyPathId(path)},`;
    const entry = [...variables].find(([id]) => id.startsWith(start));
    return entry && { kind: "environment", variable: entry[1] };
  };
  const of = (path: KeyPath) => fromVariable(path) ?? fromFile(path);
  return {
    of,
    near(path) {
      for (let length = path.length; length > 0; length -= 1) {
        const part = path.slice(0, length);
        const source = of(part) ?? below(part);
        if (source !== undefined) return source;
      }
      return file === undefined ? undefined : { kind: "file", file };
    },
  };
}
