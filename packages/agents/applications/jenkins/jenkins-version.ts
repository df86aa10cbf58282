import { join } from "node:path";
import type { Host } from "../host.ts";
import type { LocateRequest } from "../type.ts";
import { combineReadings, type VersionReading } from "../version/readings.ts";
import { readJenkinsConfig } from "./jenkins-config.ts";

/** Written by each start of a release for the first time. */
const lastRunFile = "jenkins.install.InstallUtil.lastExecVersion";

/** The version of the unpacked program, the one that ran last, and the one that wrote the configuration last. */
export async function captureJenkinsVersion(request: LocateRequest, home: string, unpacked: readonly string[]) {
  const { host } = request;
  const lastRun = join(home, lastRunFile);
  const { path, version } = await readJenkinsConfig(host, home);
  return combineReadings(request, [
    { source: "home", place: lastRun, value: versionIn(await host.readText(lastRun)) },
    await readManifest(host, unpacked),
    { source: "config.xml", place: `version in ${path}`, value: version },
  ]);
}

function versionIn(text: string | undefined): string | undefined {
  return /^\s*(\d\S*)\s*$/.exec(text ?? "")?.[1];
}

async function readManifest(host: Host, directories: readonly string[]): Promise<VersionReading> {
  const places = directories.map((directory) => join(directory, "META-INF/MANIFEST.MF"));
  for (const place of places) {
    const value = /^(?:Jenkins|Hudson)-Version:\s*(\d\S*)/m.exec((await host.readText(place)) ?? "")?.[1];
    if (value !== undefined) return { source: "program files", place, value };
  }
  return { source: "program files", place: places.join("\n- "), value: undefined };
}
