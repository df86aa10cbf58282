import { dirname } from "node:path";
import type { Host } from "../../host.ts";
import { environmentVariable, type PhpEnvironment } from "./environment.ts";
import { callFunction } from "./functions.ts";
import { createIncludedFiles, type PhpFile } from "./included-files.ts";
import { createProgramState } from "./program-state.ts";
import { findNodes, type PhpExpression, type PhpFunction, type PhpStatement, parsePhp } from "./syntax.ts";
import { combineValues, not, type PhpArray, PhpUnknown, type PhpValue, toBoolean, toText, withEntry } from "./value.ts";

export interface EvaluationOptions {
  environment: PhpEnvironment;
  /** What the application has set before it reads the file; that of classes as `OC::$SERVERROOT`. */
  variables?: Readonly<Record<string, PhpValue>>;
  constants?: Readonly<Record<string, PhpValue>>;
  /** Names of files that begin the application instead of configuring it. */
  leaveOut?: RegExp;
}

export interface PhpEvaluation {
  variables: ReadonlyMap<string, PhpValue>;
  constants: ReadonlyMap<string, PhpValue>;
  /** Files that it includes, in the order in which they are. */
  included: readonly string[];
  /** Included files that could not be followed. */
  warnings: readonly string[];
}

type Kind<K extends PhpExpression["kind"]> = Extract<PhpExpression, { kind: K }>;

/** How statements ended, other than at their end. */
type End = { value: PhpValue } | "exit" | undefined;

const deepest = 20;
const mostSteps = 1_000_000;
const usualConstants = { PHP_EOL: "\n", DIRECTORY_SEPARATOR: "/", MYSQLI_CLIENT_SSL: 2048 };

/**
 * What a configuration file in PHP sets, as far as that can be told without running anything; the rest is `PhpUnknown`.
 * Throws `PhpSyntaxError` for the file itself; one that it includes is passed over with a warning.
 */
export async function evaluatePhp(host: Host, path: string, options: EvaluationOptions): Promise<PhpEvaluation> {
  const state = createProgramState(path, {
    variables: options.variables ?? {},
    constants: { ...usualConstants, ...options.constants },
  });
  const files = createIncludedFiles(host, options.leaveOut);
  const functions = new Map<string, { declaration: PhpFunction; file: string }>();
  let steps = 0;
  await runFile((await host.realPath(path)) ?? path, await parsePhp((await host.readText(path)) ?? ""));
  const { globals: variables, constants } = state;
  return { variables, constants, included: files.paths, warnings: files.warnings };

  async function runFile(name: string, statements: readonly PhpStatement[]): Promise<PhpValue> {
    for (const node of findNodes(statements, ["function"]))
      if (node.kind === "function") functions.set(node.name.name.toLowerCase(), { declaration: node, file: name });
    const end = await state.within({ file: name }, () => run(statements));
    return typeof end === "object" ? end.value : 1;
  }

  async function run(statements: readonly PhpStatement[]): Promise<End> {
    for (const statement of statements) {
      const end = await runStatement(statement);
      if (end !== undefined) return end;
    }
    return undefined;
  }

  async function runStatement(node: PhpStatement): Promise<End> {
    switch (node.kind) {
      case "expressionstatement":
        if (node.expression.kind === "exit") return "exit";
        await evaluate(node.expression);
        return undefined;
      case "block":
      case "namespace":
        return await run(node.children);
      case "if": {
        const test = await evaluate(node.test);
        const branch = toBoolean(test) === true ? node.body : node.alternate;
        if (!(test instanceof PhpUnknown)) return branch === null ? undefined : await runStatement(branch);
        await passOver([node.body, node.alternate], test);
        return undefined;
      }
      case "return": {
        const value = node.expr === null ? null : await evaluate(node.expr);
        return { value: state.doubt ?? value };
      }
      case "constantstatement":
        for (const { name, value } of node.constants) state.define(name.name, await evaluate(value));
        return undefined;
      case "foreach":
      case "for":
      case "while":
      case "do":
      case "switch":
      case "try":
      case "unset":
        await passOver(node, state.unknown(`what \`${node.kind}\` does`, node));
        return undefined;
      default:
        return undefined;
    }
  }

  /** What a part of the program that may run, or not, would set is not known afterwards. */
  async function passOver(part: unknown, reason: PhpUnknown): Promise<void> {
    for (const node of findNodes(part, ["assign", "call", "constantstatement", "include", "return"])) {
      if (node.kind === "assign") await assign(node.left, await possible(node, reason));
      if (node.kind === "return") state.raiseDoubt(reason);
      if (node.kind === "constantstatement") for (const { name } of node.constants) state.define(name.name, reason);
      if (node.kind === "call" && isDefine(node)) state.define((await nameOf(node.arguments[0])) ?? "", reason);
      if (node.kind === "include" && state.depth < deepest) {
        const found = await findIncluded(node);
        if (found !== undefined) await state.within({ file: found.path }, () => passOver(found.statements, reason));
      }
    }
  }

  // An array that may have been set leaves the other entries as they are.
  async function possible({ left, right }: Kind<"assign">, reason: PhpUnknown): Promise<PhpValue> {
    const before = await evaluate(left, true);
    const after = right.kind === "array" ? await evaluate(right) : reason;
    if (!(after instanceof Map) || before instanceof PhpUnknown) return reason;
    return new Map([
      ...(before instanceof Map ? before : []),
      ...[...after.keys()].map((key) => [key, reason] as const),
    ]);
  }

  async function nameOf(node: PhpExpression | undefined): Promise<string | undefined> {
    return node === undefined ? undefined : toText(await evaluate(node));
  }

  async function assign(target: PhpExpression, value: PhpValue): Promise<void> {
    if (target.kind === "variable" && typeof target.name === "string") state.setVariable(target.name, value);
    if (target.kind === "list" || target.kind === "array")
      for (const entry of target.items) await assign(entry.value, state.unknown("a list", target));
    if (target.kind !== "offsetlookup") return;
    const key = target.offset === false ? undefined : await nameOf(target.offset);
    if (isVariable(target.what, "GLOBALS")) {
      if (key !== undefined) state.setGlobal(key, value);
      return;
    }
    const array = await evaluate(target.what, true);
    const old: PhpArray | undefined = array === null ? new Map() : array instanceof Map ? array : undefined;
    const isKnown = old !== undefined && (key !== undefined || target.offset === false);
    await assign(target.what, isKnown ? withEntry(old, key, value) : state.unknown("an entry of an array", target));
  }

  /** With `mayBeUnset`, what nothing has set is null. */
  async function evaluate(node: PhpExpression, mayBeUnset = false): Promise<PhpValue> {
    steps += 1;
    if (steps > mostSteps) return state.unknown("more of the program than is read", node);
    switch (node.kind) {
      case "string":
      case "nowdoc":
      case "boolean":
        return node.value;
      case "nullkeyword":
        return null;
      case "number":
        return Number(node.value.replaceAll("_", "").replace(/^0(?=\d)/, "0o"));
      case "magic":
        if (node.value === "__DIR__") return dirname(state.file);
        return node.value === "__FILE__" ? state.file : state.unknown(node.value, node);
      case "identifier":
        return node.name;
      case "name":
        return state.constants.get(plainName(node.name)) ?? state.unknown(`the constant ${plainName(node.name)}`, node);
      case "variable": {
        if (typeof node.name !== "string") return state.unknown("a variable whose name is computed", node);
        const isUnset = mayBeUnset ? null : state.unknown(`the variable $${node.name}, which is not set here`, node);
        return state.variable(node.name) ?? isUnset;
      }
      case "encapsed":
        return await concatenate(node.value.map(({ expression }) => expression));
      case "array":
        return await evaluateArray(node);
      case "offsetlookup":
        return await lookUp(node, mayBeUnset);
      case "silent":
        return await evaluate(node.expr, mayBeUnset);
      case "unary": {
        const value = await evaluate(node.what);
        if (node.type === "!") return not(value);
        return (
          (node.type === "-" ? combineValues("-", 0, value) : undefined) ?? state.unknown("a computed value", node)
        );
      }
      case "cast": {
        const value = await evaluate(node.expr);
        if (node.type === "bool") return not(not(value));
        const text = toText(value);
        if (text === undefined) return value;
        return node.type === "string" ? text : Number.parseInt(text, 10) || 0;
      }
      case "bin":
        return await evaluateOperator(node);
      case "retif": {
        const test = await evaluate(node.test, true);
        const isTrue = toBoolean(test);
        if (isTrue === undefined) return test;
        if (isTrue) return node.trueExpr === null ? test : await evaluate(node.trueExpr);
        return await evaluate(node.falseExpr);
      }
      case "isset": {
        const values: PhpValue[] = [];
        for (const variable of node.variables) values.push(await evaluate(variable, true));
        return !values.includes(null) && (values.find((value) => value instanceof PhpUnknown) ?? true);
      }
      case "empty":
        return not(await evaluate(node.expression, true));
      case "assign": {
        const value = await evaluateAssigned(node);
        await assign(node.left, value);
        return value;
      }
      case "include": {
        const found = await findIncluded(node);
        if (found === undefined || state.depth >= deepest) return state.unknown("an included file", node);
        return await runFile(found.path, found.statements);
      }
      case "call":
        return await call(node);
      case "staticlookup": {
        const name = `${node.what.name}::$${node.offset.name}`;
        return state.globals.get(name) ?? state.unknown(`the variable ${name}`, node);
      }
      default:
        return state.unknown("a part of the program that is not evaluated", node);
    }
  }

  async function concatenate(parts: readonly PhpExpression[]): Promise<PhpValue> {
    let whole = "";
    for (const part of parts) {
      const value = await evaluate(part);
      const text = toText(value);
      if (text === undefined) return value instanceof PhpUnknown ? value : state.unknown("an array as text", part);
      whole += text;
    }
    return whole;
  }

  async function evaluateArray(node: Kind<"array">): Promise<PhpValue> {
    let array: PhpArray = new Map();
    for (const { key, value, unpack } of node.items) {
      const name = key === null ? undefined : await nameOf(key);
      if (unpack === true || (key !== null && name === undefined))
        return state.unknown("an array that is computed", node);
      array = withEntry(array, name, await evaluate(value));
    }
    return array;
  }

  async function lookUp(node: Kind<"offsetlookup">, mayBeUnset: boolean): Promise<PhpValue> {
    const key = node.offset === false ? undefined : await nameOf(node.offset);
    if (key === undefined) return state.unknown("an entry of an array", node);
    if (isVariable(node.what, "GLOBALS")) return state.globals.get(key) ?? null;
    if (isVariable(node.what, "_SERVER") || isVariable(node.what, "_ENV")) {
      const value = variable(key, node);
      return value === false ? null : value;
    }
    const array = await evaluate(node.what, mayBeUnset);
    if (array instanceof Map) return array.get(key) ?? null;
    return array === null || array instanceof PhpUnknown ? array : state.unknown("a part of a text", node);
  }

  function variable(name: string, node: PhpExpression): PhpValue {
    return environmentVariable(options.environment, name) ?? state.unknown(`the environment variable ${name}`, node);
  }

  async function evaluateOperator({ type, left, right }: Kind<"bin">): Promise<PhpValue> {
    const first = await evaluate(left, type === "??");
    if (type === "??") return first ?? (await evaluate(right));
    const isAnd = type === "&&" || type === "and";
    if (isAnd || type === "||" || type === "or") {
      const isTrue = toBoolean(first);
      if (isTrue === undefined) await passOver(right, first as PhpUnknown);
      return isTrue === undefined || isTrue !== isAnd ? first : not(not(await evaluate(right)));
    }
    const second = await evaluate(right);
    const unsure = [first, second].find((value) => value instanceof PhpUnknown);
    return unsure ?? combineValues(type, first, second) ?? state.unknown(`what \`${type}\` makes`, left);
  }

  async function evaluateAssigned({ operator, left, right }: Kind<"assign">): Promise<PhpValue> {
    const value = async () => await evaluate(right);
    if (operator === "=") return await value();
    const before = await evaluate(left, operator === "??=");
    if (operator === "??=") return before ?? (await value());
    if (before instanceof PhpUnknown) return before;
    const added = await value();
    if (added instanceof PhpUnknown) return added;
    return combineValues(operator.slice(0, -1), before, added) ?? state.unknown(`what \`${operator}\` makes`, left);
  }

  async function call(node: Kind<"call">): Promise<PhpValue> {
    const args: PhpValue[] = [];
    for (const argument of node.arguments) args.push(await evaluate(argument));
    const [first = null, second = null] = args;
    const text = toText(first) ?? "";
    if (isDefine(node)) state.define(text, second);
    if (isDefine(node)) return true;
    const name = node.what.kind === "name" ? plainName(node.what.name).toLowerCase() : "";
    const unsure = args.find((value) => value instanceof PhpUnknown);
    if (unsure !== undefined && !functions.has(name)) return unsure;
    if (name === "getenv" && args.length > 0) return variable(text, node);
    if (name === "defined") return state.constants.has(text);
    if (name === "constant") return state.constants.get(text) ?? state.unknown(`the constant ${text}`, node);
    if (name === "function_exists" && functions.has(text.toLowerCase())) return true;
    const own = functions.get(name);
    if (own !== undefined && state.depth < deepest) return await callOwn(own, args, node);
    return (await callFunction(host, name, args)) ?? state.unknown(`what \`${name || "a method"}()\` returns`, node);
  }

  async function callOwn(
    { declaration, file: where }: { declaration: PhpFunction; file: string },
    args: readonly PhpValue[],
    node: PhpExpression,
  ): Promise<PhpValue> {
    const local = new Map<string, PhpValue>();
    for (const [index, parameter] of declaration.arguments.entries())
      local.set(
        parameter.name.name,
        args[index] ?? (parameter.value === null ? null : await evaluate(parameter.value)),
      );
    const value = await state.within({ file: where, local }, async () => {
      const end = declaration.body === null ? undefined : await runStatement(declaration.body);
      return typeof end === "object" ? end.value : (state.doubt ?? null);
    });
    return value instanceof PhpUnknown ? state.unknown(value.reason, node) : value;
  }

  async function findIncluded(node: Kind<"include">): Promise<PhpFile | undefined> {
    const name = await nameOf(node.target);
    if (name !== undefined) return await files.read(name, state.file, node.once);
    files.miss(state.file, node.loc?.start.line);
    return undefined;
  }
}

// `define()`, and that of classes which collect constants first, such as Roots' Config.
function isDefine({ what }: Kind<"call">): boolean {
  if (what.kind === "staticlookup") return what.offset.name === "define";
  return what.kind === "name" && plainName(what.name).toLowerCase() === "define";
}

function isVariable(node: PhpExpression, name: string): boolean {
  return node.kind === "variable" && node.name === name;
}

// Names in the root namespace may begin with a backslash.
function plainName(name: string): string {
  return name.replace(/^\\/, "");
}
