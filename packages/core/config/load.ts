import { z } from "zod";
import { rememberSecret } from "../log/redaction.ts";
import { type ConfigFile, readConfigFile } from "./config-file.ts";
import { fillEmptySections } from "./empty-sections.ts";
import { applyEnvironment } from "./environment.ts";
import { type Expansion, expandVariables } from "./expansion.ts";
import { keyPathId } from "./key-path.ts";
import { type ConfigProgram, findConfigFile } from "./places.ts";
import { describeIssue } from "./problem-text.ts";
import { type ConfigProblem, flattenIssues, problemsError } from "./problems.ts";
import { type FoundSecret, findSecrets, plainText } from "./secrets.ts";
import { assertStrict } from "./shape.ts";
import { type ConfigSources, createSources } from "./sources.ts";

export interface ConfigDescription<T> {
  program: ConfigProgram;
  environmentPrefix: "BACKUP_AGENT" | "NOTIFY" | "ARCHIVER";
  /** Its mappings must all be strict objects, its secrets `secretSchema()`. */
  schema: z.ZodType<T>;
  /** The part of the schema that is enough for what a file holds, where that is much faster to make. */
  schemaFor?: (document: unknown, environment: NodeJS.ProcessEnv) => z.ZodType<T>;
}

export interface LoadOptions {
  /** The value of `--config`. */
  file?: string | undefined;
  environment: NodeJS.ProcessEnv;
}

export interface LoadedConfig<T> {
  config: T;
  /** The file that was read; undefined where there is none. */
  file: string | undefined;
  /** What file and environment say together, before defaults: as a user writes it. */
  input: unknown;
  sources: ConfigSources;
}

/** The programs as a user calls them. */
const programNames = { agent: "backup-agent", notify: "notify", archiver: "archiver" } as const;

/**
 * Reads a program's configuration: its file, the environment over it, checked as a whole. Throws `config-missing`, or
 * `config-invalid` (`config-unsafe` where that is all) with every problem on a line of its own. Secrets that are known
 * without reading other files are remembered for redaction.
 */
export async function loadConfig<T>(description: ConfigDescription<T>, options: LoadOptions): Promise<LoadedConfig<T>> {
  const { program, environmentPrefix: prefix } = description;
  const { environment } = options;
  const path = await findConfigFile({ program, file: options.file, environment });
  const hint = path === undefined ? missingFileHint(description) : correctionHint(program);
  const file = path === undefined ? undefined : { path, ...(await readConfigFile(path)) };
  if (file !== undefined && file.faults.length > 0) throw problemsError(faultProblems(file), hint);

  const schema = description.schemaFor?.(file?.value ?? {}, environment) ?? description.schema;
  assertStrict(schema);
  const expansion = expandVariables(file?.value ?? {}, schema, environment);
  const overrides = applyEnvironment(expansion.value, schema, { prefix, environment });
  const input = fillEmptySections(overrides.value, schema);
  const positions = file?.positions ?? new Map();
  const sources = createSources({ file: path, positions, variables: overrides.variables });
  const secrets = findSecrets(schema, input);
  for (const secret of secrets) rememberSecret(plainText(secret, environment) ?? "");

  // Code that is made for a schema pays only where it checks more than one value.
  const parsed = z.safeParse(schema, input, { error: describeIssue, jitless: true });
  const unexpanded = new Set(expansion.problems.map((problem) => keyPathId(problem.path)));
  const issues = parsed.success ? [] : flattenIssues(parsed.error.issues, schema, input);
  const pathProblems = [...expansion.problems, ...issues.filter((issue) => !unexpanded.has(keyPathId(issue.path)))];
  const problems: ConfigProblem[] = [
    ...pathProblems.map((problem) => ({ ...problem, source: sources.near(problem.path) })),
    ...overrides.problems.map(({ variable, path: key, message }) => {
      return { source: { kind: "environment" as const, variable }, path: key, message };
    }),
    ...(file === undefined ? [] : unsafeProblems(file, { secrets, sources, expansion })),
  ];
  if (!parsed.success || problems.length > 0) throw problemsError(problems, hint);
  return { config: parsed.data, file: path, input, sources };
}

/** What to do about problems that a file or a variable has. */
export function correctionHint(program: ConfigProgram): string {
  return `correct this and run: ${programNames[program]} config check`;
}

function missingFileHint({
  program,
  environmentPrefix,
}: {
  program: ConfigProgram;
  environmentPrefix: string;
}): string {
  return `there is no configuration file: write /etc/backup-tools/${program}.yaml, name one with --config, or set ${environmentPrefix}__… variables`;
}

type NamedFile = ConfigFile & { path: string };

function faultProblems({ path, faults }: NamedFile): ConfigProblem[] {
  return faults.map(({ line, column, message }) => {
    return { source: { kind: "file", file: path, line, column }, path: [], message };
  });
}

interface SecretFacts {
  secrets: readonly FoundSecret[];
  sources: ConfigSources;
  expansion: Expansion;
}

function unsafeProblems(file: NamedFile, { secrets, sources, expansion }: SecretFacts): ConfigProblem[] {
  const source = { kind: "file" as const, file: file.path };
  const remedy = `run: chmod o-rwx ${file.path}   (mode 600, or 640 with a group of its own)`;
  if (file.writableByOthers) return [{ source, path: [], message: "can be written by others", unsafe: remedy }];
  if (!file.readableByOthers) return [];
  return secrets
    .filter(({ path, value }) => {
      const isInFile = sources.of(path)?.kind === "file" && !expansion.fromVariables.has(keyPathId(path));
      return typeof value === "string" && isInFile;
    })
    .map(({ path }) => {
      const message = "a secret stands here in plain text, and others can read the file";
      return { source: sources.near(path), path, message, unsafe: remedy };
    });
}
