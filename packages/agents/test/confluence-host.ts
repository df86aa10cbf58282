import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildConfluence,
  type ConfluenceOptions,
  confluenceConfig,
  confluenceDefaults,
} from "@catapullt/testkit/confluence";
import { confluence } from "../applications/atlassian/confluence/confluence.ts";
import type { Host } from "../applications/host.ts";
import type { LocatedApplication } from "../applications/type.ts";
import { applicationSettings, fixtureHost } from "./fixture-host.ts";

export const { home, install } = confluenceDefaults;
export const configFile = `${home}/confluence.cfg.xml`;

/** A host with nothing but one Confluence. */
export function confluenceHost(options: ConfluenceOptions = {}): Host {
  const host = fixtureHost();
  buildConfluence({ root: host.root, ...options });
  return host;
}

/** Locates it with these keys in `applications.<name>`. */
export function locateConfluence(host: Host, keys: object = {}, name = "confluence"): Promise<LocatedApplication> {
  return confluence.locate({ name, settings: applicationSettings(keys), host });
}

/** Replaces all properties of its confluence.cfg.xml. */
export function writeConfluenceProperties(host: Host, properties: Record<string, string>): void {
  writeFileSync(join(host.root, configFile), confluenceConfig(properties, confluenceDefaults.buildNumber));
}
