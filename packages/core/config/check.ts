import type { CommandResult } from "../cli/result.ts";
import { OperationError } from "../errors.ts";
import { type ConfigDescription, correctionHint, type LoadedConfig } from "./load.ts";

import { type ConfigProblem, problemsError } from "./problems.ts";
import { readSecret, type Secret } from "./secret.ts";
import { type FoundSecret, findSecrets } from "./secrets.ts";

/** `config check`, after loading: reads every secret, adds what else was found, and throws all problems at once. */
export async function checkConfig<T>(
  description: ConfigDescription<T>,
  loaded: LoadedConfig<T>,
  { environment, problems }: { environment: NodeJS.ProcessEnv; problems: readonly ConfigProblem[] },
): Promise<CommandResult> {
  const secrets = findSecrets(description.schema, loaded.input);
  const all = [...(await findSecretProblems(description, loaded, environment)), ...problems];
  if (all.length > 0) throw problemsError(all, correctionHint(description.program));
  const subject = loaded.file ?? "the default configuration";
  return { text: `${subject} is valid\n`, json: { file: loaded.file ?? null, valid: true, secrets: secrets.length } };
}

/** Reads every secret of a configuration; those that cannot be read, or that others can, are problems. */
export async function findSecretProblems<T>(
  { schema }: Pick<ConfigDescription<T>, "schema">,
  loaded: LoadedConfig<T>,
  environment: NodeJS.ProcessEnv,
): Promise<ConfigProblem[]> {
  const secrets = findSecrets(schema, loaded.input);
  const found = await Promise.all(secrets.map((secret) => secretProblem(secret, { loaded, environment })));
  return found.flat();
}

interface SecretContext {
  loaded: LoadedConfig<unknown>;
  environment: NodeJS.ProcessEnv;
}

async function secretProblem(
  { path, value }: FoundSecret,
  { loaded, environment }: SecretContext,
): Promise<ConfigProblem[]> {
  try {
    await readSecret(value as Secret, environment);
    return [];
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const unsafe = error.code === "config-unsafe" ? error.hint : undefined;
    const message =
      unsafe !== undefined || error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
    return [{ source: loaded.sources.near(path), path, message, ...(unsafe === undefined ? {} : { unsafe }) }];
  }
}
