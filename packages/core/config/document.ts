import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from "yaml";
import { findJsonProblem } from "./json-syntax.ts";
import { type KeyPath, keyPathId } from "./key-path.ts";

/** Both count from 1. */
export interface Position {
  line: number;
  column: number;
}

export interface SyntaxFault extends Position {
  message: string;
}

/** What a configuration file holds, and where in it each value stands (by `keyPathId`: the key, or a list's entry). */
export interface ParsedDocument {
  value: unknown;
  positions: Map<string, Position>;
  faults: SyntaxFault[];
}

const valueLimit = 100_000;
const depthLimit = 100;

/** Parses YAML 1.2 (core schema), or JSON. Messages never quote the text, which may hold passwords. */
export function parseConfigText(text: string, format: "yaml" | "json"): ParsedDocument {
  const content = text.replace(/^\uFEFF/, "");
  const lineCounter = new LineCounter();
  const positionAt = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  const document = parseDocument(content, {
    version: "1.2",
    schema: "core",
    strict: true,
    stringKeys: true,
    uniqueKeys: true,
    prettyErrors: false,
    logLevel: "error",
    lineCounter,
  });
  const positions = new Map<string, Position>();
  const broken = (faults: SyntaxFault[]): ParsedDocument => ({ value: undefined, positions, faults });
  const blank = document.contents === null || content.trim() === "";
  const jsonProblem = format === "json" && !blank ? findJsonProblem(content) : undefined;
  if (jsonProblem)
    return broken([{ ...positionAt(jsonProblem.offset), message: `is not JSON: ${jsonProblem.message}` }]);
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0)
    return broken(errors.map((error) => ({ ...positionAt(error.pos[0]), message: describeError(error) })));
  if (blank) return { value: {}, positions, faults: [] };
  try {
    const value = readNode(document.contents, [], { document, positions, positionAt, count: 0 });
    return { value, positions, faults: [] };
  } catch (error) {
    if (error instanceof DocumentFault) return broken([{ ...positionAt(error.offset), message: error.message }]);
    throw error;
  }
}

class DocumentFault extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

interface Reading {
  document: Document;
  positions: Map<string, Position>;
  positionAt: (offset: number) => Position;
  count: number;
}

function readNode(node: Node | null, path: KeyPath, reading: Reading): unknown {
  reading.count += 1;
  const offset = node?.range?.[0] ?? 0;
  // Aliases of aliases grow without end, and an anchor may hold itself.
  if (reading.count > valueLimit)
    throw new DocumentFault(offset, `has more than ${valueLimit} values, aliases included`);
  if (path.length > depthLimit) throw new DocumentFault(offset, `is nested more than ${depthLimit} levels deep`);
  if (isAlias(node)) {
    const target = node.resolve(reading.document);
    if (target === undefined) throw new DocumentFault(offset, "an alias (*) names no anchor (&) before it");
    return readNode(target, path, reading);
  }
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item, index) => readItem(item as Node, [...path, index], reading));
  if (!isMap(node)) return null;
  const value: Record<string, unknown> = {};
  for (const { key, value: item } of node.items) {
    const name = String(isScalar(key) ? key.value : key);
    const keyOffset = (key as Node).range?.[0] ?? offset;
    if (name === "__proto__") throw new DocumentFault(keyOffset, "the key __proto__ is not allowed");
    const itemPath = [...path, name];
    reading.positions.set(keyPathId(itemPath), reading.positionAt(keyOffset));
    value[name] = readNode(item as Node | null, itemPath, reading);
  }
  return value;
}

function readItem(item: Node, path: KeyPath, reading: Reading): unknown {
  reading.positions.set(keyPathId(path), reading.positionAt(item.range?.[0] ?? 0));
  return readNode(item, path, reading);
}

const errorTexts: Partial<Record<YAMLError["code"], string>> = {
  ALIAS_PROPS: "an alias (*) takes no anchor and no tag",
  BAD_ALIAS: "a value that begins with * or & must be in quotes",
  BAD_COLLECTION_TYPE: "a tag (!) does not fit its value",
  BAD_DIRECTIVE: "directives (%) are not understood",
  BAD_DQ_ESCAPE: "a backslash in double quotes must be doubled, or use single quotes",
  BAD_INDENT: "the indentation does not fit the lines above",
  BAD_SCALAR_START: "a value that begins with @ ` % , ] or } must be in quotes",
  BLOCK_AS_IMPLICIT_KEY: "two keys on one line: a value that holds a colon and a blank must be in quotes",
  BLOCK_IN_FLOW: "a block inside brackets is not allowed: close the bracket first",
  DUPLICATE_KEY: "the same key stands twice in one mapping",
  KEY_OVER_1024_CHARS: "a key is longer than 1024 characters",
  MISSING_CHAR: "a colon, comma, quote or bracket is missing",
  MULTILINE_IMPLICIT_KEY: "a colon is missing after the key",
  MULTIPLE_DOCS: "only one document is allowed in a file: remove the --- line",
  NON_STRING_KEY: "a key must be plain text, and a value that begins with {{ must be in quotes",
  RESOURCE_EXHAUSTION: "is nested too deeply",
  TAB_AS_INDENT: "tabs are not allowed as indentation: use blanks",
  TAG_RESOLVE_FAILED: "a tag is not understood: a value that begins with ! must be in quotes",
  UNEXPECTED_TOKEN: "something that does not belong here: a value with special characters must be in quotes",
};

function describeError(error: YAMLError): string {
  return `is not YAML: ${errorTexts[error.code] ?? "the text cannot be understood"}`;
}
