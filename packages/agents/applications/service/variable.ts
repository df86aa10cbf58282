import type { Host } from "../host.ts";
import type { ServiceUnit } from "./systemd-unit.ts";

export interface ServiceVariable {
  value: string;
  /** `GF_PATHS_DATA in /etc/systemd/system/grafana.service`. */
  source: string;
}

/**
 * A variable as the service has it; where its unit says nothing of it, as the agent itself has it. An empty one is none. For
 * names that belong to the application alone.
 */
export function serviceVariable(host: Host, unit: ServiceUnit | undefined, name: string): ServiceVariable | undefined {
  const inUnit = unit?.environment.get(name);
  if (inUnit) return { value: inUnit, source: `${name} in the environment of ${unit?.path}` };
  const own = host.environment[name];
  return own ? { value: own, source: `$${name}` } : undefined;
}
