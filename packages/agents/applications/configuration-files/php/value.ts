/** A value of PHP; arrays are maps whose keys are text, also where they are numbers. */
export type PhpValue = null | boolean | number | string | PhpArray | PhpUnknown;

export type PhpArray = ReadonlyMap<string, PhpValue>;

/** What cannot be told without running the program. */
export class PhpUnknown {
  /** What it depends on: `the environment variable DB_NAME`. */
  readonly reason: string;
  readonly file: string;
  readonly line: number;

  constructor(reason: string, file: string, line: number) {
    this.reason = reason;
    this.file = file;
    this.line = line;
  }
}

/** As PHP makes text of it; undefined for arrays and for what is unknown. */
export function toText(value: PhpValue): string | undefined {
  if (value === null || value === false) return "";
  if (value === true) return "1";
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value : undefined;
}

/** Undefined for what is unknown. */
export function toBoolean(value: PhpValue): boolean | undefined {
  if (value instanceof PhpUnknown) return undefined;
  if (value instanceof Map) return value.size > 0;
  return typeof value === "string" ? value !== "" && value !== "0" : Boolean(value);
}

/** What is unknown stays so. */
export function not(value: PhpValue): PhpValue {
  const isTrue = toBoolean(value);
  return isTrue === undefined ? value : !isTrue;
}

/** The array with an entry more, or another one; without a key it goes to the end. */
export function withEntry(array: PhpArray, key: string | undefined, value: PhpValue): PhpArray {
  const numbers = [...array.keys()].filter((name) => /^\d+$/.test(name)).map(Number);
  return new Map(array).set(key ?? String(Math.max(-1, ...numbers) + 1), value);
}

/** What an operator makes of two values; undefined where that is not known. */
export function combineValues(operator: string, left: PhpValue, right: PhpValue): PhpValue | undefined {
  const [a, b] = [toText(left), toText(right)];
  if (a === undefined || b === undefined) return undefined;
  switch (operator) {
    case ".":
      return a + b;
    case "===":
      return left === right;
    case "!==":
      return left !== right;
    case "==":
    case "!=":
      return areEqual(left, right) === (operator === "==");
    case "+":
      return Number(a) + Number(b);
    case "-":
      return Number(a) - Number(b);
    case "*":
      return Number(a) * Number(b);
    case "|":
      return Number(a) | Number(b);
    default:
      return undefined;
  }
}

function areEqual(left: PhpValue, right: PhpValue): boolean {
  const isLogical = [left, right].some((value) => value === null || typeof value === "boolean");
  return isLogical ? toBoolean(left) === toBoolean(right) : toText(left) === toText(right);
}
