import { basename, join } from "node:path";
import { parseProperties } from "@catapullt/core/version/properties";
import type { Host } from "../host.ts";
import type { VersionReading } from "./readings.ts";

/** Where the program files of one of the vendor's products tell their version; paths start at the installation. */
export interface VersionPlaces {
  /** Maven's properties of the web application; a `*` stands for the names in one directory. */
  maven: readonly string[];
  /** What stands before the version in `README.txt`: `Atlassian Confluence`. */
  readme?: string | undefined;
  /** Directories with libraries whose names hold the version behind this beginning: `confluence-`; a `*` stands for words. */
  libraries: readonly { directory: string; prefix: string }[];
}

/** `8.5.4`, `10.0.0-m01`. */
export const versionText = /^\d+(?:\.\d+)+[\w.+-]*$/;

/** The version of the program files: Maven's properties, README.txt, or the name of the main library. */
export async function readProgramVersion(
  host: Host,
  install: string | undefined,
  { maven, readme, libraries }: VersionPlaces,
  installProblem = "the program files were not found",
): Promise<VersionReading> {
  if (install === undefined) return { source: "program files", place: installProblem, value: undefined };
  const places: { place: string; value: string | undefined }[] = [];
  for (const pattern of maven)
    for (const place of await expand(host, join(install, pattern)))
      places.push({ place, value: parseProperties((await host.readText(place)) ?? "").get("version") });
  if (readme !== undefined) {
    const place = join(install, "README.txt");
    const text = (await host.readText(place)) ?? "";
    places.push({ place, value: new RegExp(`${readme} (\\d+(?:\\.\\d+)+[\\w.]*)`).exec(text)?.[1] });
  }
  for (const { directory, prefix } of libraries) {
    const place = join(install, directory);
    const value = libraryVersion((await host.list(place)) ?? [], prefix);
    places.push({ place: `${place}/${prefix}*.jar`, value });
  }
  const found = places.find(({ value }) => versionText.test(value?.trim() ?? ""));
  return {
    source: "program files",
    place: found?.place ?? places.map(({ place }) => place).join("\n- "),
    value: found?.value?.trim(),
  };
}

/** The version in the name of the program files' directory: `/opt/atlassian/bitbucket/8.9.4`, `/opt/fecru-4.8.12`. */
export async function readDirectoryVersion(host: Host, install: string | undefined): Promise<VersionReading> {
  const path = install === undefined ? undefined : await host.realPath(install);
  return {
    source: "name of the program files' directory",
    place: `the name of ${path ?? "the program files' directory"}`,
    value: /^(?:[a-z][a-z-]*-)?(\d+(?:\.\d+)+[\w.-]*)$/.exec(basename(path ?? ""))?.[1],
  };
}

async function expand(host: Host, pattern: string): Promise<string[]> {
  const [before, after] = pattern.split("*");
  if (before === undefined || after === undefined) return [pattern];
  const names = (await host.list(before)) ?? [];
  return names.length === 0 ? [pattern] : names.map((name) => `${before}${name}${after}`);
}

// Of several versions the one that most libraries have: an app's library may have a name like those of the product.
function libraryVersion(names: readonly string[], prefix: string): string | undefined {
  const beginning = prefix.replaceAll("*", "[a-z][a-z-]*");
  const pattern = new RegExp(`^${beginning}(\\d+(?:\\.\\d+)+[\\w.-]*)\\.jar$`);
  const versions = names.flatMap((name) => pattern.exec(name)?.[1] ?? []);
  const votes = (version: string) => versions.filter((other) => other === version).length;
  return versions.toSorted((one, other) => votes(other) - votes(one))[0];
}
