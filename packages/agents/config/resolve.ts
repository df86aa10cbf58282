import { didYouMean } from "@catapullt/core/config/suggestion";
import { OperationError } from "@catapullt/core/errors";
import { applicationTypes, findApplicationType } from "../applications/registry.ts";
import type { ApplicationType } from "../applications/type.ts";
import { type ApplicationSettings, applicationSchema } from "./application-schema.ts";
import type { AgentConfig } from "./schema.ts";

export interface ResolvedApplication {
  name: string;
  type: ApplicationType;
  /** With all defaults; those of an application that the configuration does not mention are nothing but defaults. */
  settings: ApplicationSettings;
}

/** The application of this name: configured, or a type that needs no configuration. Throws `application-unknown`. */
export function resolveApplication(config: AgentConfig, name: string): ResolvedApplication {
  const settings = Object.hasOwn(config.applications, name) ? config.applications[name] : undefined;
  const type = findApplicationType(settings?.type ?? name);
  if (type !== undefined && (settings !== undefined || needsNoConfiguration(type)))
    return { name, type, settings: settings ?? applicationSchema.parse({}) };
  const known = knownApplicationNames(config);
  throw new OperationError(
    "application-unknown",
    `there is no application ${JSON.stringify(name)}${didYouMean(name, known)}`,
    {
      hint: `known here: ${known.join(", ")}\nname another under \`applications\` in the agent's configuration; see: backup-agent applications`,
    },
  );
}

/** Names that `resolveApplication` takes: those of the configuration first. */
export function knownApplicationNames(config: AgentConfig): string[] {
  const ready = applicationTypes.filter(needsNoConfiguration).map(({ name }) => name);
  return [...new Set([...Object.keys(config.applications), ...ready])];
}

function needsNoConfiguration(type: ApplicationType): boolean {
  return type.requiredKeys.length === 0;
}
