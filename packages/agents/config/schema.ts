import { isApplicationName } from "@catapullt/core/archive/name";
import { compressionSchema } from "@catapullt/core/config/compression-schema";
import type { ConfigDescription } from "@catapullt/core/config/load";
import { retentionSchema } from "@catapullt/core/config/retention-schema";
import { absolutePathSchema, applicationNameSchema, stateDirSchema } from "@catapullt/core/config/schema";
import { suggest } from "@catapullt/core/config/suggestion";
import { z } from "zod";
import { keysApplicationName } from "../applications/keys-name.ts";
import { applicationTypes, findApplicationType } from "../applications/registry.ts";
import { type ApplicationSettings, applicationSchema, typeSpecificKeys } from "./application-schema.ts";

/** Where finished archives wait unless `workDir` says otherwise. */
export const defaultWorkDirectory = "/var/backups/backup-tools";

/** `agent.yaml`. docs/reference/configuration.md is held against it. */
export const agentConfigSchema = z.strictObject({
  workDir: absolutePathSchema.optional().meta({
    description: `Where finished archives wait to be fetched, in a directory for each application. Default: ${defaultWorkDirectory}`,
  }),
  keysDir: absolutePathSchema.optional().meta({
    description:
      "Where archives of keys wait (`keys: separate`), so that they can be fetched apart. Default: `workDir`",
  }),
  stateDir: stateDirSchema,
  archiveGroup: z
    .union([z.string().min(1), z.int().nonnegative()], { error: "expected the name or number of a group" })
    .optional()
    .meta({
      description: "The group that owns archives, by name or number. Default: that of the user who runs the agent",
    }),
  compression: compressionSchema.prefault({}),
  retention: retentionSchema.default({}),
  drill: z
    .strictObject({
      directory: absolutePathSchema
        .default("/var/tmp")
        .meta({ description: "Where drills work: it needs room for all that an archive holds, twice for databases" }),
    })
    .prefault({})
    .meta({ description: "How `backup-agent drill` proves archives" }),
  applications: z
    .record(applicationNameSchema, applicationSchema)
    .default({})
    .superRefine((applications, context) => {
      for (const [name, settings] of Object.entries(applications)) {
        for (const { key, message } of [...findTypeProblems(name, settings), ...findKeysProblems(name, applications)])
          context.addIssue({ code: "custom", path: [name, key], message });
      }
    })
    .meta({ description: "The applications of this host; those at their vendor's default paths need no entry" }),
});

export type AgentConfig = z.infer<typeof agentConfigSchema>;

export const agentConfigDescription: ConfigDescription<AgentConfig> = {
  program: "agent",
  environmentPrefix: "BACKUP_AGENT",
  schema: agentConfigSchema,
};

interface TypeProblem {
  key: keyof ApplicationSettings;
  message: string;
}

function findTypeProblems(name: string, settings: ApplicationSettings): TypeProblem[] {
  const typeName = settings.type ?? name;
  const type = findApplicationType(typeName);
  if (type === undefined) return [{ key: "type", message: describeUnknownType(settings.type) }];
  const unused = typeSpecificKeys
    .filter((key) => settings[key] !== undefined && !type.keys.includes(key))
    .map((key): TypeProblem => ({ key, message: `an application of type ${type.name} has no such key` }));
  const missing = type.requiredKeys
    .filter((key) => settings[key] === undefined)
    .map((key): TypeProblem => ({ key, message: `missing; an application of type ${type.name} needs it` }));
  return [...unused, ...missing];
}

// The archive of keys needs a name that is one, and its own.
function findKeysProblems(name: string, applications: Record<string, ApplicationSettings>): TypeProblem[] {
  const keysName = keysApplicationName(name);
  if (applications[name]?.keys !== "separate") return [];
  if (!isApplicationName(keysName)) return [{ key: "keys", message: `${keysName} would be too long for a name` }];
  if (!Object.hasOwn(applications, keysName)) return [];
  return [{ key: "keys", message: `the archive of keys would be named like the application ${keysName}` }];
}

function describeUnknownType(typeName: string | undefined): string {
  const names = applicationTypes.map(({ name }) => name);
  const expected = `expected one of ${names.join(", ")}`;
  if (typeName === undefined) return `missing; ${expected}, since the application's name is none of them`;
  const suggestion = suggest(typeName, names);
  return `${expected}, got "${typeName}"${suggestion === undefined ? "" : ` (did you mean "${suggestion}"?)`}`;
}
