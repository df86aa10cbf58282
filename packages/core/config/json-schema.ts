import { z } from "zod";
import type { ConfigDescription } from "./load.ts";

const titles = {
  agent: "Configuration of backup-agent",
  notify: "Configuration of notify",
  archiver: "Configuration of archiver",
} as const;

/** The JSON Schema (draft 2020-12) of a program's configuration file, for editors. */
export function configJsonSchema<T>({ program, schema }: ConfigDescription<T>): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return { $schema, $id: `urn:backup-tools:${program}`, title: titles[program], ...rest };
}
