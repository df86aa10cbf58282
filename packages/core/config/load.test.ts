import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { OperationError } from "../errors.ts";
import { redact } from "../log/redaction.ts";
import { type ConfigDescription, loadConfig } from "./load.ts";
import { absolutePathSchema, applicationNameSchema, durationSchema, portSchema, secretSchema } from "./schema.ts";

const application = z.strictObject({
  home: absolutePathSchema.optional(),
  timeout: durationSchema().optional(),
  hooks: z.strictObject({ before: z.array(z.string()).default([]) }).prefault({}),
  limit: z.union([z.literal(false), durationSchema(), z.strictObject({ days: z.int() })]).optional(),
  database: z
    .strictObject({ host: z.string().optional(), port: portSchema.optional(), password: secretSchema().optional() })
    .optional(),
});
const schema = z.strictObject({
  workDir: absolutePathSchema.default("/var/backups/backup-tools"),
  applications: z.record(applicationNameSchema, application).default({}),
  transports: z
    .array(
      z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("smtp"), host: z.string(), port: portSchema.default(587) }),
        z.strictObject({ type: z.literal("slack"), url: secretSchema() }),
      ]),
    )
    .default([]),
});
const description = {
  program: "agent",
  environmentPrefix: "BACKUP_AGENT",
  schema,
} as const satisfies ConfigDescription<z.infer<typeof schema>>;

interface Written {
  file: string;
  load: (environment?: Record<string, string>) => ReturnType<typeof loadConfig<z.infer<typeof schema>>>;
  problems: (environment?: Record<string, string>) => Promise<string[]>;
}

function write(content: string | Uint8Array, { name = "agent.yaml", mode = 0o600 } = {}): Written {
  const file = join(temporaryDirectory(), name);
  writeFileSync(file, content);
  chmodSync(file, mode);
  const load = (environment = {}) => loadConfig(description, { file, environment });
  return {
    file,
    load,
    async problems(environment) {
      const error = await load(environment).then(
        () => undefined,
        (reason: OperationError) => reason,
      );
      expect(error).toMatchObject({ name: "OperationError", code: expect.stringMatching(/^config-/), exitCode: 2 });
      const lines = (error?.message ?? "").replaceAll(`${file}:`, "").split("\n");
      return lines.length === 1 ? lines : lines.slice(1);
    },
  };
}

test("reads the file, the environment over it, and fills in defaults", async () => {
  const { file, load } = write("applications:\n  confluence: { timeout: 2h, database: { host: x } }\n");
  const loaded = await load({ BACKUP_AGENT__APPLICATIONS__CONFLUENCE__DATABASE__HOST: "y" });
  expect(loaded.file).toBe(file);
  expect(loaded.config).toEqual({
    workDir: "/var/backups/backup-tools",
    applications: { confluence: { timeout: 7_200_000, hooks: { before: [] }, database: { host: "y" } } },
    transports: [],
  });
});

test("tells where each value comes from", async () => {
  const { file, load } = write("applications:\n  confluence:\n    timeout: 2h\n");
  const { sources } = await load({ BACKUP_AGENT__TRANSPORTS: "[{ type: smtp, host: x }]" });
  expect(sources.of(["applications", "confluence", "timeout"])).toEqual({ kind: "file", file, line: 3, column: 5 });
  expect(sources.of(["transports", 0, "host"])).toEqual({ kind: "environment", variable: "BACKUP_AGENT__TRANSPORTS" });
  expect(sources.of(["workDir"])).toBeUndefined();
});

test("works without any file", async () => {
  const home = temporaryDirectory();
  const environment = { HOME: home, XDG_CONFIG_HOME: home };
  const { config, file } = await loadConfig(description, { environment });
  expect(file).toBeUndefined();
  expect(config.workDir).toBe("/var/backups/backup-tools");
});

test("says where to write a file if one is needed and there is none", async () => {
  const home = temporaryDirectory();
  const strict = {
    ...description,
    program: "archiver" as const,
    schema: z.strictObject({ vault: absolutePathSchema }),
  };
  await expect(loadConfig(strict, { environment: { HOME: home, XDG_CONFIG_HOME: home } })).rejects.toMatchObject({
    code: "config-invalid",
    message: "vault: missing; expected a full path such as /srv/data",
    hint: expect.stringContaining("write /etc/backup-tools/archiver.yaml"),
  });
});

test("names the forms that there are where one may be left out", async () => {
  const form = z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("sftp").optional() }),
    z.strictObject({ type: z.literal("local") }),
  ]);
  const hosts = { ...description, schema: z.strictObject({ host: form }) };
  const file = join(temporaryDirectory(), "agent.yaml");
  writeFileSync(file, "host: { type: locl }\n");
  await expect(loadConfig(hosts, { file, environment: {} })).rejects.toThrow(
    'host.type: expected sftp or local, got "locl" (did you mean "local"?)',
  );
});

test("reads a JSON file", async () => {
  const { load } = write('{ "workDir": "/srv" }', { name: "agent.json" });
  expect((await load()).config.workDir).toBe("/srv");
});

test("takes a key with nothing after it for an empty section", async () => {
  const { config } = await write(
    "applications:\n  confluence:\n  wiki:\n    hooks:\n      before:\ntransports:\n",
  ).load();
  expect(config).toMatchObject({
    applications: { confluence: { hooks: { before: [] } }, wiki: { hooks: { before: [] } } },
    transports: [],
  });
});

test("reports every problem at once, by line, each with its key and what was expected", async () => {
  const { problems } = write(`workDir: ~/x
applicatons: {}
applications:
  confluence:
    home: \${NOPE}
    timeout: 2 hrs
    limit: 7
    database: { port: "33o6", prot: 1, host: 5 }
  Wiki: {}
transports:
  - type: smpt
  - { type: smtp, port: 0 }
  - just text
  - url: x
`);
  expect(await problems({ BACKUP_AGENT__WORKDIR: "/x", BACKUP_AGENT__APPLICATIONS__W__TIMEOUT: "soon" })).toEqual([
    `1:1: workDir: expected a full path, got "~/x": ~ is not expanded here, write \${HOME}`,
    '2:1: applicatons: unknown key (did you mean "applications"?)',
    `5:5: applications.confluence.home: the environment variable NOPE is not set; \${NOPE:-default} gives a default`,
    '6:5: applications.confluence.timeout: expected a duration such as 90s, 2h, 1d or 1h 30m, got "2 hrs"',
    "7:5: applications.confluence.limit: expected false, or a duration such as 90s, 2h, 1d or 1h 30m, or a mapping (key: value), got 7",
    '8:17: applications.confluence.database.port: expected a whole number, got "33o6"',
    '8:31: applications.confluence.database.prot: unknown key (did you mean "port"?)',
    "8:40: applications.confluence.database.host: expected a text, got 5",
    expect.stringMatching(/^9:3: applications\.Wiki: expected a name of at most 63 .*, got "Wiki"$/),
    '11:5: transports[0].type: expected smtp or slack, got "smpt" (did you mean "smtp"?)',
    "12:5: transports[1].host: missing; expected a text",
    "12:19: transports[1].port: expected at least 1, got 0",
    "13:5: transports[2]: expected a mapping (key: value), got a text (is there a blank after each colon, and the right indentation?)",
    "14:5: transports[3].type: missing; expected smtp or slack",
    'BACKUP_AGENT__APPLICATIONS__W__TIMEOUT: applications.w.timeout: expected a duration such as 90s, 2h, 1d or 1h 30m, got "soon"',
    "BACKUP_AGENT__WORKDIR: unknown key (did you mean BACKUP_AGENT__WORK_DIR?)",
  ]);
});

test("shows one problem in one line", async () => {
  const { file, load } = write("workDir: x\n");
  await expect(load()).rejects.toMatchObject({
    message: `${file}:1:1: workDir: expected a full path such as /srv/data, got "x"`,
    hint: "correct this and run: backup-agent config check",
  });
});

test.each([
  ["- a\n- b\n", "expected a mapping (key: value), got a list"],
  [
    "just text\n",
    "expected a mapping (key: value), got a text (is there a blank after each colon, and the right indentation?)",
  ],
])("refuses %j at the top", async (content, message) => {
  const { file, load } = write(content);
  await expect(load()).rejects.toMatchObject({ code: "config-invalid", message: `${file}: ${message}` });
});

test("names the line of what is no YAML, no JSON or no UTF-8", async () => {
  expect(await write("a: 1\na: 2\n").problems()).toEqual([
    "2:1: is not YAML: the same key stands twice in one mapping",
  ]);
  expect(await write('{"a": 1,}', { name: "agent.json" }).problems()).toEqual([
    "1:9: is not JSON: no comma is allowed before }",
  ]);
  const latin1 = Buffer.concat([Buffer.from("# \ufffd\nworkDir: /srv/"), Buffer.from([0xe4, 0x0a])]);
  expect(await write(latin1).problems()).toEqual(["2:15: is not UTF-8 text"]);
  expect(await write(Buffer.from("workDir: /srv/ä # \ufffd\n")).load()).toMatchObject({
    config: { workDir: "/srv/ä" },
  });
});

test("refuses a directory in place of a file", async () => {
  await expect(loadConfig(description, { file: temporaryDirectory(), environment: {} })).rejects.toMatchObject({
    code: "config-invalid",
    message: expect.stringContaining("cannot be read"),
  });
});

describe("secrets", () => {
  const withPassword = (password: string) => `applications:\n  wiki:\n    database:\n      password: ${password}\n`;

  test("in plain text make a file that others can read unsafe", async () => {
    const { file, load } = write(withPassword("planted-secret-1"), { mode: 0o644 });
    await expect(load()).rejects.toMatchObject({
      code: "config-unsafe",
      exitCode: 2,
      message: `${file}:4:7: applications.wiki.database.password: a secret stands here in plain text, and others can read the file`,
      hint: expect.stringContaining(`chmod o-rwx ${file}`),
    });
  });

  test.each(["{ file: /etc/x }", "{ env: X }", "{ credential: x }", `\${DATABASE_PASSWORD}`])(
    "that stand elsewhere do not: %s",
    async (password) => {
      const { load } = write(withPassword(password), { mode: 0o644 });
      await expect(load({ DATABASE_PASSWORD: "x" })).resolves.toBeDefined();
    },
  );

  test("given as a default of a variable do", async () => {
    const { load } = write(withPassword(`\${X:-planted-secret-2}`), { mode: 0o644 });
    await expect(load({ X: "y" })).rejects.toMatchObject({ code: "config-unsafe" });
  });

  test("from the environment do not", async () => {
    const { load } = write("applications: { wiki: {} }\n", { mode: 0o644 });
    await expect(load({ BACKUP_AGENT__APPLICATIONS__WIKI__DATABASE__PASSWORD: "x" })).resolves.toBeDefined();
  });

  test("make a problem among others where there are others", async () => {
    const { file, load } = write(`workDir: x\n${withPassword("planted-secret-3")}`, { mode: 0o644 });
    await expect(load()).rejects.toMatchObject({
      code: "config-invalid",
      hint: expect.stringContaining(`chmod o-rwx ${file}`),
    });
  });

  test("are remembered as soon as they are known", async () => {
    await write(withPassword("planted-secret-4")).load();
    await write(withPassword("{ env: PLANTED }")).load({ PLANTED: "planted-secret-5" });
    expect(redact("planted-secret-4 planted-secret-5")).toBe("******** ********");
  });

  test("appear in no message, however wrong they are written", async () => {
    const wrong = [
      withPassword("4711004711"),
      withPassword("[4711004711]"),
      withPassword("{ fil: 4711004711 }"),
      "applications:\n  wiki:\n    database:\n      password:4711004711\n",
      "applications:\n  wiki:\n    database: password=4711004711\n",
      withPassword("*4711004711"),
      withPassword("!4711004711 x"),
      withPassword('"4711004711'),
      withPassword(`\${4711004711`),
      "transports: [{ type: slack, url: 4711004711 }]",
    ];
    for (const content of wrong) {
      const messages = await write(content).problems();
      expect(messages.join("\n")).not.toContain("4711004711");
    }
  });
});

test("refuses a file that others can write", async () => {
  const { file, load } = write("workDir: /x\n", { mode: 0o602 });
  await expect(load()).rejects.toMatchObject({ code: "config-unsafe", message: `${file}: can be written by others` });
});

test("takes a schema that ignores unknown keys for a bug", async () => {
  const loose = { ...description, schema: z.strictObject({ a: z.object({ b: z.string() }).optional() }) };
  await expect(loadConfig(loose as never, { environment: {} })).rejects.toThrow(
    "the schema of configuration.a must be a z.strictObject",
  );
});
