import { join } from "node:path";
import { readPhpConfig } from "../configuration-files/php/php-config.ts";
import { PhpUnknown, type PhpValue, toText } from "../configuration-files/php/value.ts";
import type { CapturedVersion, LocateRequest } from "../type.ts";
import { combineReadings } from "../version/readings.ts";
import { readNextcloudConfig } from "./nextcloud-config.ts";

/** From version.php, and what config.php says the data are of; warns of an update that is not finished. */
export async function captureNextcloudVersion(
  request: LocateRequest,
  { home, path }: { home: string; path: string },
): Promise<CapturedVersion> {
  const file = join(home, "version.php");
  const { variables } = await readPhpConfig(request, file);
  const config = await readNextcloudConfig(request, { home, path });
  const number = joinNumbers(variables.get("OC_Version"));
  const ofData = text(config.value("version"));
  const warning = `the program files are of ${number}, the data of ${ofData}: an update was not finished (occ upgrade)`;
  return await combineReadings(
    request,
    [
      { source: "program files", place: file, value: text(variables.get("OC_VersionString")) ?? number },
      { source: "home", place: path, value: ofData },
    ],
    number !== undefined && ofData !== undefined && number !== ofData ? [warning] : [],
  );
}

function joinNumbers(value: PhpValue | undefined): string | undefined {
  return value instanceof Map ? [...value.values()].map((part) => toText(part)).join(".") : undefined;
}

function text(value: PhpValue | undefined): string | undefined {
  return value === undefined || value instanceof PhpUnknown ? undefined : toText(value) || undefined;
}
