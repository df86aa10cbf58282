import { join } from "node:path";
import type { Host } from "../host.ts";
import type { VersionReading } from "../version/readings.ts";
import { mediawikiDefines } from "./mediawiki-directories.ts";

const places = [
  { file: mediawikiDefines, pattern: /^\s*define\(\s*['"]MW_VERSION['"]\s*,\s*['"]([^'"]+)['"]/m },
  // Up to 1.34.
  { file: "includes/DefaultSettings.php", pattern: /^\s*\$wgVersion\s*=\s*['"]([^'"]+)['"]/m },
];

/** From the program files; where no file sets it, from the names of the release notes: `RELEASE-NOTES-1.39`. */
export async function readMediawikiVersions(host: Host, home: string): Promise<VersionReading[]> {
  const readings: VersionReading[] = [];
  for (const { file, pattern } of places) {
    const place = join(home, file);
    const value = pattern.exec((await host.readText(place)) ?? "")?.[1];
    readings.push({ source: "program files", place, value });
    if (value !== undefined) return readings;
  }
  const notes = ((await host.list(home)) ?? []).flatMap((name) => /^RELEASE-NOTES-(\d[\d.]*)$/.exec(name)?.[1] ?? []);
  return [...readings, { source: "program files", place: join(home, "RELEASE-NOTES-VERSION"), value: notes.at(-1) }];
}
