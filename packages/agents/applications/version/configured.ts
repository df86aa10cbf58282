import { captureVersion } from "@catapullt/core/version/capture";
import type { VersionSource } from "@catapullt/core/version/source";
import type { Host } from "../host.ts";

/** The version that the configuration's `version` leads to; undefined where there is none. Throws `version-unreadable`. */
export async function readConfiguredVersion(
  source: VersionSource | undefined,
  host: Host,
): Promise<string | undefined> {
  if (source === undefined) return undefined;
  const located = source.file === undefined ? source : { ...source, file: host.locate(source.file) };
  return (await captureVersion(located, { environment: host.environment, signal: host.signal })).value;
}
