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

const count = () => z.int().min(0).max(1_000_000).optional();

/** Which archives are kept: see `retention/policy`. An empty policy removes nothing. */
export const retentionSchema = z
  .strictObject({
    last: count().meta({ description: "Keep the newest n archives" }),
    hourly: count().meta({ description: "Keep the newest archive of each of the last n hours that have one" }),
    daily: count().meta({ description: "Keep the newest archive of each of the last n days that have one" }),
    weekly: count().meta({ description: "Keep the newest archive of each of the last n ISO weeks that have one" }),
    monthly: count().meta({ description: "Keep the newest archive of each of the last n months that have one" }),
    yearly: count().meta({ description: "Keep the newest archive of each of the last n years that have one" }),
    within: durationSchema().optional().meta({ description: "Keep every archive that is not older than this" }),
  })
  .meta({
    description: "Which archives are kept: those that any of the rules keeps. An empty policy removes nothing",
    examples: [{ last: 3, daily: 7, weekly: 4, monthly: 12, yearly: 2 }],
  });

const levels = {
  zstd: { lowest: 1, highest: 19, usual: 3 },
  gzip: { lowest: 1, highest: 9, usual: 6 },
} as const;

/** `{ format, level }` with the level that the format uses where none is given; 0 for `none`. */
export const compressionSchema = z
  .strictObject({
    format: z
      .enum(["zstd", "gzip", "none"])
      .default("zstd")
      .meta({ description: "zstd, gzip, or none for a plain tar file" }),
    level: z
      .int()
      .min(1)
      .max(19)
      .optional()
      .meta({ description: "1 to 19 for zstd (default 3), 1 to 9 for gzip (default 6)" }),
  })
  .transform(({ format, level }, context) => {
    if (format === "none" && level === undefined) return { format, level: 0 };
    const range = format === "none" ? undefined : levels[format];
    const chosen = level ?? range?.usual ?? 0;
    if (range !== undefined && chosen >= range.lowest && chosen <= range.highest) return { format, level: chosen };
    const expected =
      range === undefined
        ? "no level with format none"
        : `a whole number from ${range.lowest} to ${range.highest} for ${format}`;
    context.issues.push({
      code: "custom",
      message: `expected ${expected}, got ${level}`,
      input: level,
      path: ["level"],
    });
    return z.NEVER;
  })
  .meta({ description: "How archives are compressed" });
