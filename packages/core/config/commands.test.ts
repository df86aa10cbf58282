import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import type { CommandContext, Handle } from "../cli/program.ts";
import type { CommandResult } from "../cli/result.ts";
import { createTerminal } from "../cli/terminal.ts";
import { silentLogger } from "../log/logger.ts";
import { registerConfigCommands } from "./commands.ts";
import type { ConfigDescription } from "./load.ts";
import { durationSchema, portSchema, secretSchema } from "./schema.ts";

const schema = z.strictObject({
  timeout: durationSchema().prefault("2h").meta({ description: "How long" }),
  empty: z.array(z.string()).default([]),
  transports: z
    .array(z.strictObject({ host: z.string(), port: portSchema.default(587), password: secretSchema().optional() }))
    .default([]),
});
type Config = z.infer<typeof schema>;
const description: ConfigDescription<Config> = { program: "notify", environmentPrefix: "NOTIFY", schema };

interface Invocation {
  content?: string;
  environment?: Record<string, string>;
  check?: Parameters<typeof registerConfigCommands<Config>>[3];
}

async function invoke(name: string, { content, environment = {}, check }: Invocation = {}) {
  const directory = temporaryDirectory();
  const configFile = content === undefined ? undefined : join(directory, "notify.yaml");
  if (configFile !== undefined) {
    writeFileSync(configFile, content ?? "");
    chmodSync(configFile, 0o600);
  }
  const context: CommandContext = {
    environment: { HOME: directory, ...environment },
    configFile,
    log: silentLogger(),
    terminal: createTerminal(false, () => {}),
    signal: new AbortController().signal,
    releaseSignals: () => {},
  };
  let result: CommandResult | undefined;
  const handle: Handle = (handler) => async () => {
    result = await handler(context);
  };
  const program = new Command("notify");
  registerConfigCommands(program, handle, async () => description, check);
  await program.parseAsync(["config", name], { from: "user" });
  return { result: result as CommandResult, file: configFile ?? "", directory };
}

describe("config show", () => {
  const content =
    "transports:\n  - host: mail.example.com\n    password: planted-show-1\n  - host: b\n    password: { file: /x }\n";

  test("prints the configuration in effect with the source of every value", async () => {
    const { result, file } = await invoke("show", { content, environment: { NOTIFY__TRANSPORTS__1__PORT: "25" } });
    expect(result.text).toBe(`# ${file}
transports:
  - host: mail.example.com # ${file}:2:5
    password: "********" # ${file}:3:5
    port: 587 # default
  - host: b # ${file}:4:5
    password:
      file: /x # ${file}:5:17
    port: 25 # NOTIFY__TRANSPORTS__1__PORT
timeout: 2h # default
empty: [] # default
`);
  });

  test("prints YAML that reads back as the same", async () => {
    const strange = 'transports: [{ host: "a: b # c\\nd" }, { host: "- x" }, { host: "" }]\n';
    const { result } = await invoke("show", { content: strange });
    expect(parse(result.text)).toEqual((result.json as { config: unknown }).config);
  });

  test("gives the same as JSON, without secrets", async () => {
    const { result, file } = await invoke("show", { content });
    expect(result.json).toMatchObject({
      file,
      config: { timeout: "2h", transports: [{ password: "********" }, { password: { file: "/x" } }] },
      sources: { timeout: "default", "transports[0].password": `${file}:3:5` },
    });
    expect(JSON.stringify(result)).not.toContain("planted-show-1");
  });

  test("says where there is no file", async () => {
    const { result } = await invoke("show");
    expect(result.text).toMatch(/^# no configuration file/);
    expect(result.json).toMatchObject({ file: null });
  });
});

describe("config check", () => {
  test("says that a file is valid", async () => {
    const { result, file } = await invoke("check", { content: "timeout: 1h\n" });
    expect(result).toMatchObject({ text: `${file} is valid\n`, json: { file, valid: true, secrets: 0 } });
  });

  test("says so of the defaults where there is no file", async () => {
    expect((await invoke("check")).result.text).toBe("the default configuration is valid\n");
  });

  test("reads all secrets and names every one that cannot be read", async () => {
    const content =
      "transports:\n  - host: a\n    password: { file: /nonexistent/a }\n  - { host: b, password: { env: NONE } }\n";
    await expect(invoke("check", { content })).rejects.toMatchObject({
      code: "config-invalid",
      message: expect.stringMatching(
        /has 2 problems:\n.*:3:5: transports\[0\]\.password: the secret file \/nonexistent\/a does not exist.*\n.*:4:16: transports\[1\]\.password: the environment variable NONE/,
      ),
    });
  });

  test("tells of a secret file that is open to others", async () => {
    const secret = join(temporaryDirectory(), "secret");
    writeFileSync(secret, "x");
    chmodSync(secret, 0o644);
    await expect(
      invoke("check", { content: `transports: [{ host: a, password: { file: ${secret} } }]` }),
    ).rejects.toMatchObject({
      code: "config-unsafe",
      hint: expect.stringContaining(`chmod o-rwx ${secret}`),
    });
  });

  test("adds what the program itself finds", async () => {
    const check = {
      check: async () => [{ source: undefined, path: ["transports"], message: "nobody would be told" }],
    };
    await expect(invoke("check", { content: "", check })).rejects.toMatchObject({
      message: "transports: nobody would be told",
    });
  });
});

test("config schema prints a JSON Schema with titles, descriptions and defaults as users write them", async () => {
  const { result } = await invoke("schema", { content: "this file: is not read" });
  expect(JSON.parse(result.text)).toEqual(result.json);
  expect(result.json).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:backup-tools:notify",
    title: "Configuration of notify",
    additionalProperties: false,
    properties: { timeout: { default: "2h", description: "How long" } },
  });
});
