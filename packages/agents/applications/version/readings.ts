import { OperationError } from "@catapullt/core/errors";
import type { CapturedVersion, LocateRequest } from "../type.ts";
import { readConfiguredVersion } from "./configured.ts";

/** What one place says of the version. */
export interface VersionReading {
  /** The kind of place, as the manifest names it: `program files`, `home`, `database`. */
  source: string;
  /** Where exactly that is, for the message that nothing was found: a path, a command. */
  place: string;
  /** Undefined where the place says nothing. */
  value: string | undefined;
}

/**
 * Joins what the places say: the agent's configuration wins, then the first place that knows the version. The others are
 * kept as sources, so that an upgrade during the backup shows. Throws `version-unreadable` with every place looked at.
 */
export async function combineReadings(
  { name, settings, host }: LocateRequest,
  readings: readonly VersionReading[],
  warnings: readonly string[] = [],
): Promise<CapturedVersion> {
  const configured = await readConfiguredVersion(settings.version, host);
  const known = readings.flatMap(({ source, value }) => (value === undefined ? [] : [{ source, value }]));
  const sources = configured === undefined ? known : [{ source: "configuration", value: configured }, ...known];
  const [first] = sources;
  if (first !== undefined) return { value: first.value, sources, warnings: [...warnings] };
  const list = readings.map(({ place }) => `- ${place}`).join("\n");
  throw new OperationError("version-unreadable", `the version of ${name} cannot be read; looked at:\n${list}`, {
    hint: `set \`applications.${name}.install\` to the program files, or \`applications.${name}.version\``,
  });
}
