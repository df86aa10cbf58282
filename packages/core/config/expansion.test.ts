import { expect, test } from "vitest";
import { z } from "zod";
import { expandVariables } from "./expansion.ts";
import { keyPathId } from "./key-path.ts";

const schema = z.strictObject({ a: z.string(), port: z.int(), list: z.array(z.string()) }).partial();
const environment = { NAME: "world", EMPTY: "", PORT: "587", LIST: "[a, b]" };
const expand = (value: unknown) => expandVariables(value, schema, environment);

test.each([
  [`hello \${NAME}`, "hello world"],
  [`\${NAME}\${NAME}`, "worldworld"],
  [`\${NONE:-default}`, "default"],
  [`\${EMPTY:-default}`, "default"],
  [`\${EMPTY}`, ""],
  [`\${NONE:-}`, ""],
  [`\${NAME:-x}`, "world"],
  [`$\${NAME}`, `\${NAME}`],
  ["a$NAME b$$c p$", "a$NAME b$$c p$"],
  [`\${NONE:-a:b/c d}`, "a:b/c d"],
])("expands %j to %j", (text, expected) => {
  expect(expand({ a: text })).toMatchObject({ value: { a: expected }, problems: [] });
});

test("does not expand what a variable holds", () => {
  expect(expandVariables({ a: `\${A}` }, schema, { A: `\${B}`, B: "x" }).value).toEqual({ a: `\${B}` });
});

test("does not expand keys", () => {
  const value = Object.fromEntries([[`\${NAME}`, "x"]]);
  expect(expand(value).value).toEqual(value);
});

test("reads the result as YAML where the schema wants no text", () => {
  expect(expand({ port: `\${PORT}`, list: [`\${NAME}`] }).value).toEqual({ port: 587, list: ["world"] });
  expect(expand({ list: `\${LIST}` }).value).toEqual({ list: ["a", "b"] });
});

test.each([`\${NONE}`, `\${NONE} and \${OTHER}`])("reports the unset variable in %j", (text) => {
  expect(expand({ a: text }).problems).toEqual([
    { path: ["a"], message: `the environment variable NONE is not set; \${NONE:-default} gives a default` },
  ]);
});

test.each([`\${}`, `\${1A}`, `\${NAME`, `\${NAME-x}`, `\${NAME:?x}`, `\${A:-\${B}}`])("refuses %j", (text) => {
  expect(expand({ a: text }).problems[0]?.message).toMatch(/^expected \$\{NAME\} or/);
});

test("knows which values the file itself does not hold", () => {
  const own = keyPathId(["a"]);
  const holds = (text: string) => !expand({ a: text }).fromVariables.has(own);
  expect(holds(`\${NAME}`)).toBe(false);
  expect(holds(`\${NONE:-}`)).toBe(false);
  expect(holds("plain")).toBe(true);
  expect(holds(`\${NAME:-plain}`)).toBe(true);
  expect(holds(`$\${NAME}`)).toBe(true);
});
