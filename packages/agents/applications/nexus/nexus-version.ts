import { join } from "node:path";
import type { Host } from "../host.ts";
import { readDirectoryVersion, readProgramVersion, type VersionPlaces } from "../version/program.ts";
import type { VersionReading } from "../version/readings.ts";
import type { NexusExport } from "./nexus-exports.ts";

const places: VersionPlaces = {
  maven: [],
  libraries: [{ directory: "bin", prefix: "sonatype-nexus-repository-" }],
};

/** The directory of a bundle of the program, which has one below it for its version. */
const bundle = "system/org/sonatype/nexus/nexus-bootstrap";

/** What program files and exports tell of the version: `3.68.1-02`. */
export async function readNexusVersions(
  host: Host,
  install: string | undefined,
  { installProblem, exported }: { installProblem: string | undefined; exported: NexusExport | undefined },
): Promise<VersionReading[]> {
  const program = await readProgramVersion(host, install, places, installProblem);
  return [
    program.value === undefined ? await readBundleVersion(host, install, program) : program,
    await readDirectoryVersion(host, install),
    {
      source: "exported database",
      place: "the names of exports of the built-in database",
      value: exported?.files.flatMap((name) => /-(\d+\.\d+\.\d+-\d+)\.bak$/.exec(name)?.[1] ?? [])[0],
    },
  ];
}

async function readBundleVersion(
  host: Host,
  install: string | undefined,
  program: VersionReading,
): Promise<VersionReading> {
  if (install === undefined) return program;
  const place = join(install, bundle);
  const versions = ((await host.list(place)) ?? []).filter((name) => /^\d+\.\d+\.\d+-\d+$/.test(name));
  return {
    source: "program files",
    place: `${program.place}\n- ${place}`,
    value: versions.length === 1 ? versions[0] : undefined,
  };
}
