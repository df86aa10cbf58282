import { join } from "node:path";
import type { Host } from "../host.ts";
import { askVersion } from "../version/asked.ts";
import type { VersionReading } from "../version/readings.ts";

/** The version, which lies packed in a library, and the number of the build, in the name of a file. */
export async function readTeamcityVersion(
  host: Host,
  install: string | undefined,
  installProblem: string | undefined,
): Promise<VersionReading[]> {
  if (install === undefined)
    return [{ source: "program files", place: installProblem ?? "the program files were not found", value: undefined }];
  const library = join(install, "webapps/ROOT/WEB-INF/lib/common-api.jar");
  const packed = await askVersion(host, {
    path: (await host.kind(library)) === "file" ? await host.findProgram(["unzip"]) : undefined,
    wanted: `unzip for ${library}`,
    args: ["-p", host.locate(library), "serverVersion.properties.xml"],
    pattern: /<entry key="Display_Version">\s*(\d[^<\s]*)/,
  });
  const build = ((await host.list(install)) ?? []).flatMap((name) => /^BUILD_(\d+)$/.exec(name)?.[1] ?? []).at(-1);
  return [
    { ...packed, source: "program files" },
    {
      source: "build number",
      place: `${join(install, "BUILD_")}*`,
      value: build === undefined ? undefined : `build ${build}`,
    },
  ];
}
