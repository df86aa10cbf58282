import { silentLogger } from "@catapullt/core/log/logger";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { createHost, type Host } from "../applications/host.ts";
import { type ApplicationSettings, applicationSchema } from "../config/application-schema.ts";

/** A host whose `/` is an empty temporary directory; its environment holds nothing but what is given. */
export function fixtureHost(environment: NodeJS.ProcessEnv = {}): Host {
  const root = temporaryDirectory("host");
  return createHost({ root, environment, log: silentLogger(), signal: new AbortController().signal });
}

/** Settings of an application as the configuration gives them, defaults included. */
export function applicationSettings(keys: object = {}): ApplicationSettings {
  return applicationSchema.parse(keys);
}
