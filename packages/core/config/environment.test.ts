import { describe, expect, test } from "vitest";
import { z } from "zod";
import { applyEnvironment, variableSegment } from "./environment.ts";
import { applicationNameSchema, durationSchema, portSchema, secretSchema } from "./schema.ts";

const database = z.strictObject({
  host: z.string().optional(),
  port: portSchema.optional(),
  password: secretSchema().optional(),
});
const schema = z.strictObject({
  workDir: z.string().optional(),
  verbose: z.boolean().default(false),
  timeout: z.union([z.literal(false), durationSchema()]).optional(),
  applications: z.record(applicationNameSchema, z.strictObject({ database: database.optional() })).default({}),
  transports: z
    .array(
      z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("smtp"), host: z.string(), to: z.array(z.string()).optional() }),
        z.strictObject({ type: z.literal("slack"), url: secretSchema() }),
      ]),
    )
    .default([]),
});

const apply = (value: unknown, environment: Record<string, string>) =>
  applyEnvironment(value, schema, { prefix: "BACKUP_AGENT", environment });

test.each([
  ["workDir", "WORK_DIR"],
  ["knownHostsFile", "KNOWN_HOSTS_FILE"],
  ["sha1", "SHA1"],
  ["wiki.example-2", "WIKI_EXAMPLE_2"],
])("writes %j as %j in a variable's name", (key, segment) => {
  expect(variableSegment(key)).toBe(segment);
});

test("puts variables over the file", () => {
  const { value, problems } = apply(
    { workDir: "/a", applications: { confluence: { database: { host: "x", port: 1 } } } },
    { BACKUP_AGENT__WORK_DIR: "/b", BACKUP_AGENT__APPLICATIONS__CONFLUENCE__DATABASE__PORT: "3307" },
  );
  expect(problems).toEqual([]);
  expect(value).toEqual({ workDir: "/b", applications: { confluence: { database: { host: "x", port: 3307 } } } });
});

test("leaves its argument alone", () => {
  const file = { applications: { a: { database: { port: 1 } } }, transports: [{ type: "smtp", host: "x" }] };
  const copy = structuredClone(file);
  apply(file, { BACKUP_AGENT__APPLICATIONS__A__DATABASE__PORT: "2", BACKUP_AGENT__TRANSPORTS__0__HOST: "y" });
  expect(file).toEqual(copy);
});

test("keeps a password exactly as it is", () => {
  for (const password of [" trailing  ", "123", "true", "{a: b}", "# x", "~", "a\nb"]) {
    const { value } = apply({}, { BACKUP_AGENT__APPLICATIONS__WIKI__DATABASE__PASSWORD: password });
    expect(value).toEqual({ applications: { wiki: { database: { password } } } });
  }
});

test("reads numbers, switches, lists and mappings where the schema wants them", () => {
  const { value } = apply(
    {},
    {
      BACKUP_AGENT__VERBOSE: "true",
      BACKUP_AGENT__TIMEOUT: "false",
      BACKUP_AGENT__TRANSPORTS: '[{"type": "smtp", "host": "x"}]',
      BACKUP_AGENT__TRANSPORTS__0__TO: "[a, b]",
      BACKUP_AGENT__APPLICATIONS: "{ wiki: { database: { port: 1 } } }",
    },
  );
  expect(value).toEqual({
    verbose: true,
    timeout: false,
    transports: [{ type: "smtp", host: "x", to: ["a", "b"] }],
    applications: { wiki: { database: { port: 1 } } },
  });
});

test("leaves text that does not fit as it is, so that the check can quote it", () => {
  expect(apply({}, { BACKUP_AGENT__VERBOSE: "maybe" }).value).toEqual({ verbose: "maybe" });
  expect(apply({}, { BACKUP_AGENT__VERBOSE: "" }).value).toEqual({ verbose: "" });
});

describe("names of entries", () => {
  const name = (environmentName: string) => `BACKUP_AGENT__APPLICATIONS__${environmentName}__DATABASE__HOST`;
  const namesAfter = (file: Record<string, object>, variable: string) => {
    const { value } = apply({ applications: file }, { [name(variable)]: "h" });
    return Object.keys((value as { applications: object }).applications);
  };

  test("are those of the file, with _ for what a variable cannot hold", () => {
    expect(namesAfter({ "wiki.example-2": {} }, "WIKI_EXAMPLE_2")).toEqual(["wiki.example-2"]);
    expect(namesAfter({ "wiki.example-2": {} }, "wiki.example-2")).toEqual(["wiki.example-2"]);
  });

  test("are in lower case where the file has none, with dashes if the name needs them", () => {
    expect(namesAfter({}, "WIKI")).toEqual(["wiki"]);
    expect(namesAfter({}, "MY_WIKI")).toEqual(["my-wiki"]);
  });

  test("that could mean two of the file are refused", () => {
    const { problems } = apply({ applications: { "a-b": {}, "a.b": {} } }, { [name("A_B")]: "h" });
    expect(problems[0]?.message).toBe("cannot tell which of a-b and a.b is meant");
  });
});

describe("lists", () => {
  test("take new entries at their end, in order", () => {
    const { value, problems } = apply(
      {},
      Object.fromEntries(
        [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((index) => [`BACKUP_AGENT__TRANSPORTS__${index}__HOST`, `h${index}`]),
      ),
    );
    expect(problems).toEqual([]);
    expect((value as { transports: unknown[] }).transports).toHaveLength(11);
  });

  test("refuse gaps and what is no number", () => {
    const { problems } = apply(
      {},
      { BACKUP_AGENT__TRANSPORTS__1__HOST: "x", BACKUP_AGENT__TRANSPORTS__FIRST__HOST: "x" },
    );
    expect(problems.map(({ message }) => message)).toEqual([
      "there are 0 entries: the next one is number 0",
      "expected the number of an entry, counted from 0",
    ]);
  });
});

test("replaces a plain secret by a reference to one", () => {
  const path = "BACKUP_AGENT__APPLICATIONS__WIKI__DATABASE__PASSWORD";
  const { value, problems } = apply(
    { applications: { wiki: { database: { password: "plain" } } } },
    { [`${path}__FILE`]: "/etc/secret" },
  );
  expect(problems).toEqual([]);
  expect(value).toEqual({ applications: { wiki: { database: { password: { file: "/etc/secret" } } } } });
});

test.each([
  ["BACKUP_AGENT__WORKDIR", "unknown key (did you mean BACKUP_AGENT__WORK_DIR?)"],
  [
    "BACKUP_AGENT__APPLICATIONS__W__DATABASE__PROT",
    "unknown key (did you mean BACKUP_AGENT__APPLICATIONS__W__DATABASE__PORT?)",
  ],
  ["BACKUP_AGENT__WORK_DIR__X", "unknown key: nothing lies below it"],
  ["BACKUP_AGENT__ZZZZZZZ", "unknown key"],
  ["BACKUP_AGENT__", "unknown key"],
  ["BACKUP_AGENT__APPLICATIONS____DATABASE", "unknown key"],
])("refuses %s", (variable, message) => {
  expect(apply({}, { [variable]: "x" }).problems).toMatchObject([
    { variable, message: expect.stringContaining(message) },
  ]);
});

test("is not concerned with other variables", () => {
  const { value, problems } = apply(
    {},
    { BACKUP_AGENT_CONFIG: "/x", BACKUP_AGENT: "y", NOTIFY__X: "z", BACKUP_REPORT: "r" },
  );
  expect({ value, problems }).toEqual({ value: {}, problems: [] });
});
