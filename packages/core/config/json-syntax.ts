export interface SyntaxProblem {
  offset: number;
  message: string;
}

const tokenPattern =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])|($))/y;

/**
 * The first place where a text is no JSON (RFC 8259); undefined where all of it is. Unlike `JSON.parse` it never quotes
 * the text, which may hold passwords, and always knows the place.
 */
export function findJsonProblem(text: string): SyntaxProblem | undefined {
  const open: ("{" | "[")[] = [];
  let expected: "value" | "firstKey" | "key" | "colon" | "firstEntry" | "afterValue" = "value";
  tokenPattern.lastIndex = 0;
  for (;;) {
    const start = tokenPattern.lastIndex;
    const match = tokenPattern.exec(text);
    const offset = match ? tokenPattern.lastIndex - match[0].trimStart().length : skipBlanks(text, start);
    const problem = (message: string): SyntaxProblem => ({ offset, message });
    if (!match) return problem(describeStrangeText(text, offset));
    const [, sign, string, literal, end] = match;
    const inside = open.at(-1);

    if (expected === "afterValue" && end !== undefined && inside === undefined) return undefined;
    if (end !== undefined)
      return problem(inside === undefined ? "expected a value" : `the file ends before its last ${inside} is closed`);
    const closing = inside === "{" ? "}" : "]";
    const mayClose = expected === "afterValue" || expected === "firstKey" || expected === "firstEntry";
    if (inside !== undefined && mayClose && sign === closing) {
      open.pop();
      expected = "afterValue";
    } else if (expected === "afterValue") {
      if (inside === undefined) return problem("something follows the end of the JSON document");
      if (sign !== ",") return problem(`expected a comma or ${closing}`);
      expected = inside === "{" ? "key" : "value";
    } else if (expected === "colon") {
      if (sign !== ":") return problem("expected a colon after the key");
      expected = "value";
    } else if (expected === "key" || expected === "firstKey") {
      if (string === undefined)
        return problem(sign === "}" ? "no comma is allowed before }" : "expected a key in double quotes");
      expected = "colon";
    } else if (sign === "{" || sign === "[") {
      open.push(sign);
      expected = sign === "{" ? "firstKey" : "firstEntry";
    } else if (string !== undefined || literal !== undefined) {
      expected = "afterValue";
    } else {
      return problem(sign === "]" ? "no comma is allowed before ]" : "expected a value");
    }
  }
}

function skipBlanks(text: string, offset: number): number {
  let position = offset;
  while (" \t\r\n".includes(text[position] ?? "x")) position += 1;
  return position;
}

function describeStrangeText(text: string, offset: number): string {
  if (text.startsWith("//", offset) || text.startsWith("/*", offset) || text[offset] === "#")
    return "JSON has no comments: name the file .yaml to use them";
  if (text[offset] === '"')
    return "a text that is not closed, or has an escape or control character that JSON does not allow";
  return text[offset] === "'"
    ? "JSON takes double quotes only"
    : "expected a value, a key in double quotes or a bracket";
}
