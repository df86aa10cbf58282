import { expect, test } from "vitest";
import { z } from "zod";
import { describeKeys } from "./describe.ts";
import { applicationNameSchema, durationSchema, portSchema, secretSchema } from "./schema.ts";

test("lists every key with type, default and description", () => {
  const schema = z.strictObject({
    timeout: durationSchema().prefault("2h").meta({ description: "How long" }),
    group: z.union([z.string(), z.int()]).optional(),
    format: z.enum(["zstd", "gzip"]).default("zstd").meta({ description: "What kind" }),
    transports: z.array(
      z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("smtp"), port: portSchema.default(587) }),
        z.strictObject({ type: z.literal("slack"), url: secretSchema().meta({ description: "Where" }) }),
      ]),
    ),
    applications: z.record(applicationNameSchema, z.strictObject({ home: z.string().optional() })),
  });
  expect(describeKeys(schema)).toEqual([
    { key: "timeout", when: undefined, type: "text", default: '"2h"', description: "How long" },
    { key: "group", when: undefined, type: "text or whole number", default: undefined, description: undefined },
    { key: "format", when: undefined, type: "zstd or gzip", default: '"zstd"', description: "What kind" },
    { key: "transports", when: undefined, type: "list", default: undefined, description: undefined },
    { key: "transports[].type", when: "type: smtp", type: "smtp", default: undefined, description: undefined },
    { key: "transports[].port", when: "type: smtp", type: "whole number", default: "587", description: undefined },
    { key: "transports[].type", when: "type: slack", type: "slack", default: undefined, description: undefined },
    { key: "transports[].url", when: "type: slack", type: "secret", default: undefined, description: "Where" },
    { key: "applications", when: undefined, type: "mapping", default: undefined, description: undefined },
    { key: "applications.<name>.home", when: undefined, type: "text", default: undefined, description: undefined },
  ]);
});
