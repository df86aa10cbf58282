import { isIP } from "node:net";
import { normalize } from "node:path";
import { z } from "zod";
import { isApplicationName } from "../archive/name.ts";
import { durationExamples, parseDuration } from "./duration.ts";
import { describeValue } from "./problem-text.ts";
import { isCredentialName, type Secret } from "./secret.ts";
import { parseSize, sizeExamples } from "./size.ts";

/** Marks the schemas whose values are secrets: they are masked, remembered and never quoted. */
export const secretSchemas = z.registry<{ secret: true }>();

interface TextFormat<T> {
  expected: string;
  examples: string[];
  parse: (text: string) => T | undefined;
}

/** Text that `parse` understands; anything else is a problem that says what was expected. */
function parsedText<T>({ expected, examples, parse }: TextFormat<T>) {
  // The examples are those of the text, before it becomes a figure: so editors get to see them.
  return z
    .string({ error: (issue) => expectation(expected, issue.input) })
    .meta({ examples })
    .transform((text, context) => {
      const value = parse(text);
      if (value !== undefined) return value;
      context.issues.push({ code: "custom", message: expectation(expected, text), input: text });
      return z.NEVER;
    });
}

function expectation(expected: string, value: unknown): string {
  return value === undefined ? `missing; expected ${expected}` : `expected ${expected}, got ${describeValue(value)}`;
}

/** A duration such as `90s`, `2h` or `1h 30m`; gives milliseconds. A default is given by `.prefault("2h")`. */
export function durationSchema() {
  return parsedText({
    expected: `a duration such as ${durationExamples}`,
    examples: ["90s", "2h", "1h 30m"],
    parse: parseDuration,
  });
}

/** A size such as `500MB` or `2GiB`; gives bytes. A default is given by `.prefault("500MB")`. */
export function sizeSchema() {
  return parsedText({ expected: `a size such as ${sizeExamples}`, examples: ["500MB", "2GiB"], parse: parseSize });
}

// Every check aborts: a union then tells its own message, which quotes nothing, instead of an option's.
const secretReference = z.union([
  z.strictObject({ file: z.string().startsWith("/", { abort: true }) }),
  z.strictObject({ env: z.string().min(1, { abort: true }) }),
  z.strictObject({ credential: z.string().refine(isCredentialName, { abort: true }) }),
]);

/** A secret: the text itself, `{ file }`, `{ env }` or `{ credential }`. `readSecret` gets its text. */
export function secretSchema() {
  const schema: z.ZodType<Secret, Secret> = z.union([z.string().min(1, { abort: true }), secretReference], {
    error: (issue) => describeSecretProblem(issue.input),
  });
  return schema.register(secretSchemas, { secret: true });
}

function describeSecretProblem(value: unknown): string {
  const expected =
    "expected a text, { file: PATH } with a full path, { env: NAME } or { credential: NAME } without directories";
  if (value === undefined) return `missing; ${expected}`;
  if (value === null || value === "") return `${expected}, got nothing`;
  if (typeof value === "number" || typeof value === "boolean")
    return `${expected}, got a ${typeof value}: put it in quotes`;
  return expected;
}

/** The name of an application, as it stands in archives' names. */
export const applicationNameSchema = z
  .string()
  .refine(isApplicationName, {
    error: (issue) =>
      `expected a name of at most 63 small letters, digits, dots and dashes that starts with a letter or digit, got ${describeValue(issue.input)}`,
  })
  .meta({ examples: ["confluence", "wiki2"] });

/** A full path, without `.`, `..` and a slash at its end. */
export const absolutePathSchema = z
  .string({ error: (issue) => expectation("a full path such as /srv/data", issue.input) })
  .transform((text, context) => {
    const problem = describePathProblem(text);
    if (problem === undefined) return text === "/" ? text : normalize(text).replace(/(?<=.)\/+$/, "");
    context.issues.push({ code: "custom", message: problem, input: text });
    return z.NEVER;
  });

function describePathProblem(text: string): string | undefined {
  if (text.includes("\0")) return "expected a full path, got one with a NUL character";
  if (text.startsWith("~"))
    return `expected a full path, got ${describeValue(text)}: ~ is not expanded here, write \${HOME}`;
  return text.startsWith("/") ? undefined : expectation("a full path such as /srv/data", text);
}

/** Where locks, job states and the spool lie; `defaultStateDirectory` where it is absent. */
export const stateDirSchema = absolutePathSchema.optional().meta({
  description:
    "Where locks, job states and the spool lie. Default: /var/lib/backup-tools for root, else $XDG_STATE_HOME/backup-tools",
});

/** A host's name or address, safe to hand to a client program. */
export const hostSchema = z
  .string({ error: (issue) => expectation("a host name or address", issue.input) })
  .refine(
    (text) =>
      isIP(text) !== 0 || /^[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?(?:\.[\p{L}\p{N}_-]+)*\.?$/u.test(text),
    {
      error: (issue) => expectation("a host name or address", issue.input),
    },
  )
  .meta({ examples: ["wiki01.example.com", "192.0.2.7", "2001:db8::7"] });

/** A TCP port. */
export const portSchema = z.int().min(1).max(65_535);
