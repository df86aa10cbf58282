import type { PhpExpression, PhpStatement } from "./syntax.ts";
import { PhpUnknown, type PhpValue } from "./value.ts";

/** What is set at one moment of a program. */
export interface ProgramState {
  readonly globals: ReadonlyMap<string, PhpValue>;
  readonly constants: ReadonlyMap<string, PhpValue>;
  /** The file that is being read. */
  readonly file: string;
  /** How many files and functions are within each other. */
  readonly depth: number;
  /** Set after a `return` that may have been reached, or not: what follows may not have happened. */
  readonly doubt: PhpUnknown | undefined;
  variable(name: string): PhpValue | undefined;
  setVariable(name: string, value: PhpValue): void;
  setGlobal(name: string, value: PhpValue): void;
  /** The first definition of a constant counts. */
  define(name: string, value: PhpValue): void;
  raiseDoubt(reason: PhpUnknown): void;
  unknown(reason: string, node: PhpExpression | PhpStatement): PhpUnknown;
  /** Reads another file, or a function with variables of its own: what is in doubt there is not so afterwards. */
  within<T>(place: { file: string; local?: Map<string, PhpValue> }, action: () => Promise<T>): Promise<T>;
}

/** The state of a program before its first statement. */
export function createProgramState(
  first: string,
  preset: { variables: Readonly<Record<string, PhpValue>>; constants: Readonly<Record<string, PhpValue>> },
): ProgramState {
  const globals = new Map(Object.entries(preset.variables));
  const constants = new Map(Object.entries(preset.constants));
  let variables = globals;
  let file = first;
  let depth = 0;
  let doubt: PhpUnknown | undefined;
  return {
    globals,
    constants,
    get file() {
      return file;
    },
    get depth() {
      return depth;
    },
    get doubt() {
      return doubt;
    },
    variable: (name) => variables.get(name),
    setVariable: (name, value) => variables.set(name, doubt ?? value),
    setGlobal: (name, value) => globals.set(name, doubt ?? value),
    define(name, value) {
      if (!constants.has(name)) constants.set(name, doubt ?? value);
    },
    raiseDoubt(reason) {
      doubt ??= reason;
    },
    unknown: (reason, { loc }) => new PhpUnknown(reason, file, loc?.start.line ?? 1),
    async within(place, action) {
      const outer = { file, variables, doubt };
      file = place.file;
      variables = place.local ?? variables;
      depth += 1;
      const result = await action();
      depth -= 1;
      ({ file, variables, doubt } = outer);
      return result;
    },
  };
}
