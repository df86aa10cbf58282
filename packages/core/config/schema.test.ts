import { describe, expect, test } from "vitest";
import { z } from "zod";
import { compressionSchema } from "./compression-schema.ts";
import { describeIssue } from "./problem-text.ts";
import { retentionSchema } from "./retention-schema.ts";
import {
  absolutePathSchema,
  applicationNameSchema,
  durationSchema,
  hostSchema,
  portSchema,
  secretSchema,
  sizeSchema,
} from "./schema.ts";

function messageOf(schema: z.ZodType, value: unknown): string | undefined {
  return z.safeParse(schema, value, { error: describeIssue }).error?.issues[0]?.message;
}

describe("durations", () => {
  test("become milliseconds", () => {
    expect(durationSchema().parse("1h 30m")).toBe(5_400_000);
  });

  test("need a unit, and the message shows how", () => {
    const expected = "expected a duration such as 90s, 2h, 1d or 1h 30m";
    expect(messageOf(durationSchema(), "2 hrs")).toBe(`${expected}, got "2 hrs"`);
    expect(messageOf(durationSchema(), 90)).toBe(`${expected}, got 90`);
    expect(messageOf(durationSchema(), undefined)).toBe(`missing; ${expected}`);
  });

  test("take their default as it is written", () => {
    expect(durationSchema().prefault("2h").parse(undefined)).toBe(7_200_000);
  });
});

test("sizes become bytes and need a unit", () => {
  expect(sizeSchema().parse("2GiB")).toBe(2_147_483_648);
  expect(messageOf(sizeSchema(), "2G")).toBe('expected a size such as 500MB or 2GiB, got "2G"');
});

describe("paths", () => {
  test.each([
    ["/srv/data", "/srv/data"],
    ["/srv//data/", "/srv/data"],
    ["/srv/../data/.", "/data"],
    ["/", "/"],
    ["//", "/"],
  ])("%j becomes %j", (path, expected) => {
    expect(absolutePathSchema.parse(path)).toBe(expected);
  });

  test.each([
    ["~/data", `expected a full path, got "~/data": ~ is not expanded here, write \${HOME}`],
    ["data", 'expected a full path such as /srv/data, got "data"'],
    ["", 'expected a full path such as /srv/data, got ""'],
    ["/a\0b", "expected a full path, got one with a NUL character"],
  ])("%j is refused", (path, message) => {
    expect(messageOf(absolutePathSchema, path)).toBe(message);
  });
});

describe("secrets", () => {
  test.each(["x", " x ", { file: "/x" }, { env: "X" }, { credential: "x.y" }])("may be %j", (secret) => {
    expect(secretSchema().parse(secret)).toEqual(secret);
  });

  test.each([
    12345,
    true,
    null,
    "",
    undefined,
    [],
    {},
    { file: "x" },
    { file: "/x", env: "X" },
    { fil: "/x" },
    { env: "" },
    { credential: "../x" },
    { credential: ".." },
    { credential: "a/b" },
  ])("may not be %j, and the message does not quote it", (secret) => {
    const message = messageOf(secretSchema(), secret);
    expect(message).toMatch(/expected a text, \{ file: PATH \} with a full path/);
    expect(message).not.toContain("12345");
  });

  test("that look like numbers are to be put in quotes", () => {
    expect(messageOf(secretSchema(), 12345)).toMatch(/got a number: put it in quotes$/);
  });
});

test.each(["confluence", "wiki2", "a", "wiki.example-1", "a".repeat(63)])("accepts the application name %j", (name) => {
  expect(applicationNameSchema.parse(name)).toBe(name);
});

test.each(["", "Wiki", "-a", ".a", "a_b", "a/b", "a".repeat(64), "a\n"])("refuses the application name %j", (name) => {
  expect(messageOf(applicationNameSchema, name)).toMatch(/^expected a name of at most 63/);
});

test.each(["wiki01", "wiki01.example.com", "192.0.2.7", "2001:db8::7", "db_1", "müller.example", "a.b."])(
  "accepts the host %j",
  (host) => {
    expect(hostSchema.parse(host)).toBe(host);
  },
);

test.each(["", "-oProxyCommand=x", "a b", "a/b", "user@host", "host:22", ".a", "a\n"])(
  "refuses the host %j",
  (host) => {
    expect(messageOf(hostSchema, host)).toMatch(/^expected a host name or address, got /);
  },
);

test.each([
  [0, "expected at least 1, got 0"],
  [65_536, "expected at most 65535, got 65536"],
  ["22", 'expected a whole number, got "22"'],
  [1.5, "expected a whole number, got 1.5"],
])("refuses the port %j", (port, message) => {
  expect(messageOf(portSchema, port)).toBe(message);
});

describe("compression", () => {
  test.each([
    [{}, { format: "zstd", level: 3 }],
    [{ level: 19 }, { format: "zstd", level: 19 }],
    [{ format: "gzip" }, { format: "gzip", level: 6 }],
    [{ format: "none" }, { format: "none", level: 0 }],
  ])("%j means %j", (input, expected) => {
    expect(compressionSchema.parse(input)).toEqual(expected);
  });

  test.each([
    [{ format: "gzip", level: 12 }, "expected a whole number from 1 to 9 for gzip, got 12"],
    [{ level: 20 }, "expected at most 19, got 20"],
    [{ level: 0 }, "expected at least 1, got 0"],
    [{ format: "none", level: 3 }, "expected no level with format none, got 3"],
    [{ format: "zst" }, 'expected zstd, gzip or none, got "zst" (did you mean "zstd"?)'],
  ])("%j is refused", (input, message) => {
    expect(messageOf(compressionSchema, input)).toBe(message);
  });
});

test("retention takes counts and a duration", () => {
  expect(retentionSchema.parse({ last: 3, daily: 7, within: "30d" })).toEqual({
    last: 3,
    daily: 7,
    within: 2_592_000_000,
  });
  expect(retentionSchema.parse({})).toEqual({});
  expect(messageOf(retentionSchema, { last: -1 })).toBe("expected at least 0, got -1");
  expect(messageOf(retentionSchema, { daily: "7" })).toBe('expected a whole number, got "7"');
});

test("every schema can be shown to editors as JSON Schema of what users write", () => {
  const schema = z.strictObject({
    timeout: durationSchema().prefault("2h").meta({ description: "How long" }),
    workDir: absolutePathSchema.optional(),
    password: secretSchema().optional(),
    compression: compressionSchema.prefault({}),
    applications: z.record(applicationNameSchema, z.strictObject({ host: hostSchema })),
  });
  expect(z.toJSONSchema(schema, { io: "input" })).toMatchObject({
    required: ["applications"],
    properties: {
      timeout: { type: "string", default: "2h", description: "How long", examples: ["90s", "2h", "1h 30m"] },
      workDir: { type: "string" },
      password: { anyOf: [{ type: "string" }, { anyOf: expect.any(Array) }] },
      compression: { default: {}, properties: { level: { minimum: 1, maximum: 19 } } },
    },
  });
});
