/** A place in the tree of a PHP file; only the kinds that are evaluated are described, all others are unknown. */
interface Position {
  loc?: { start: { line: number } } | null;
}

export type PhpExpression = Position &
  (
    | { kind: "string" | "nowdoc" | "number" | "magic"; value: string }
    | { kind: "boolean"; value: boolean }
    | { kind: "nullkeyword" }
    | { kind: "name" | "identifier"; name: string }
    | { kind: "variable"; name: string | PhpExpression }
    | { kind: "encapsed"; value: readonly { expression: PhpExpression }[] }
    | { kind: "array"; items: readonly PhpEntry[] }
    | { kind: "list"; items: readonly PhpEntry[] }
    | { kind: "offsetlookup"; what: PhpExpression; offset: PhpExpression | false }
    | { kind: "bin"; type: string; left: PhpExpression; right: PhpExpression }
    | { kind: "unary"; type: string; what: PhpExpression }
    | { kind: "cast"; type: string; expr: PhpExpression }
    | { kind: "retif"; test: PhpExpression; trueExpr: PhpExpression | null; falseExpr: PhpExpression }
    | { kind: "call"; what: PhpCallee; arguments: readonly PhpExpression[] }
    | { kind: "assign"; operator: string; left: PhpExpression; right: PhpExpression }
    | { kind: "isset"; variables: readonly PhpExpression[] }
    | { kind: "empty"; expression: PhpExpression }
    | { kind: "include"; target: PhpExpression; once: boolean }
    | { kind: "silent"; expr: PhpExpression }
    | { kind: "staticlookup"; what: { name: string }; offset: { name: string } }
    | { kind: "exit" }
  );

interface PhpEntry {
  key: PhpExpression | null;
  value: PhpExpression;
  unpack?: boolean;
}

/** `define` as a name, `Config::define` as a lookup. */
type PhpCallee =
  | { kind: "name"; name: string }
  | { kind: "staticlookup"; offset: { name: string } }
  | { kind: "other" };

export type PhpStatement = Position &
  (
    | { kind: "expressionstatement"; expression: PhpExpression }
    | { kind: "block" | "namespace"; children: readonly PhpStatement[] }
    | { kind: "if"; test: PhpExpression; body: PhpStatement; alternate: PhpStatement | null }
    | { kind: "return"; expr: PhpExpression | null }
    | { kind: "constantstatement"; constants: readonly { name: { name: string }; value: PhpExpression }[] }
    | PhpFunction
    | { kind: "class" | "echo" | "inline" | "noop" | "global" | "usegroup" | "declare" }
    | { kind: "foreach" | "for" | "while" | "do" | "switch" | "try" | "unset" }
  );

export interface PhpFunction {
  kind: "function";
  name: { name: string };
  arguments: readonly { name: { name: string }; value: PhpExpression | null }[];
  body: PhpStatement | null;
}

export class PhpSyntaxError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = "PhpSyntaxError";
    this.line = line;
  }
}

/** The statements of a PHP file. Throws `PhpSyntaxError`. */
export async function parsePhp(text: string): Promise<PhpStatement[]> {
  // A large library, which hosts without PHP never need.
  const { Engine } = await import("php-parser");
  const engine = new Engine({ parser: { extractDoc: false, suppressErrors: false }, ast: { withPositions: true } });
  try {
    return engine.parseCode(text, "").children as unknown as PhpStatement[];
  } catch (error) {
    const { message, lineNumber } = error as Error & { lineNumber?: number };
    throw new PhpSyntaxError(message.replace(/^Parse Error : | on line \d+$/g, ""), lineNumber ?? 1);
  }
}

const bodies = ["function", "method", "closure", "arrowfunc"];

/** All nodes of these kinds in a part of the tree, except in the bodies of functions. */
export function* findNodes(tree: unknown, kinds: readonly string[]): Generator<PhpExpression | PhpStatement> {
  if (typeof tree !== "object" || tree === null) return;
  const kind = "kind" in tree ? String(tree.kind) : "";
  if (kinds.includes(kind)) yield tree as PhpExpression | PhpStatement;
  if (bodies.includes(kind)) return;
  for (const [key, child] of Object.entries(tree)) if (key !== "loc") yield* findNodes(child, kinds);
}
