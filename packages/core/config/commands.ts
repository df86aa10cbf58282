import type { Command } from "commander";
import { examples } from "../cli/examples.ts";
import type { CommandContext, Handle } from "../cli/program.ts";
import type { ConfigDescription, LoadedConfig } from "./load.ts";
import type { ConfigProblem } from "./problems.ts";

export interface ConfigCommandOptions<T> {
  /** What `config check` looks at besides the schema and the secrets, such as files that the configuration names. */
  check?: (loaded: LoadedConfig<T>, context: CommandContext) => Promise<ConfigProblem[]>;
}

/** A program's description, or how to get it: the schema then loads only when a command needs it. */
export type DescriptionSource<T> = ConfigDescription<T> | (() => Promise<ConfigDescription<T>>);

/** Adds `config check`, `config show` and `config schema` to a program. */
export function registerConfigCommands<T>(
  program: Command,
  handle: Handle,
  source: DescriptionSource<T>,
  { check }: ConfigCommandOptions<T> = {},
): void {
  const name = program.name();
  const config = program.command("config").description("check, show or describe the configuration");

  config
    .command("check")
    .description("read the configuration and all secrets, and tell every problem")
    .addHelpText("after", examples(`${name} config check`))
    .action(
      handle(async (context) => {
        const { description, loaded } = await load(source, context);
        const { checkConfig } = await import("./check.ts");
        const problems = (await check?.(loaded, context)) ?? [];
        return checkConfig(description, loaded, { environment: context.environment, problems });
      }),
    );

  config
    .command("show")
    .description("print the configuration in effect, secrets masked, and where each value comes from")
    .addHelpText("after", examples(`${name} config show`, `${name} config show --json`))
    .action(
      handle(async (context) => {
        const { description, loaded } = await load(source, context);
        const { showConfig } = await import("./show.ts");
        return showConfig(description, loaded);
      }),
    );

  config
    .command("schema")
    .description("print the JSON Schema of the configuration file, for editors")
    .addHelpText("after", examples(`${name} config schema > schema.json`))
    .action(
      handle(async () => {
        const { configJsonSchema } = await import("./json-schema.ts");
        const schema = configJsonSchema(await describe(source));
        return { text: `${JSON.stringify(schema, null, 2)}\n`, json: schema };
      }),
    );
}

async function load<T>(source: DescriptionSource<T>, { configFile, environment }: CommandContext) {
  const { loadConfig } = await import("./load.ts");
  const description = await describe(source);
  return { description, loaded: await loadConfig(description, { file: configFile, environment }) };
}

async function describe<T>(source: DescriptionSource<T>): Promise<ConfigDescription<T>> {
  return typeof source === "function" ? source() : source;
}
