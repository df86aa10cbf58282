import { basename, join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { describeOutcome } from "@catapullt/core/process/run";
import type { Host } from "../host.ts";
import type { Found } from "../search.ts";
import type { ServiceUnit } from "../service/systemd-unit.ts";
import type { LocateRequest } from "../type.ts";

export interface GiteaProgram {
  found: Found | undefined;
  /** Every path and name that was tried. */
  tried: string[];
}

const programNames = ["gitea", "forgejo"];

/** The binary: configured (it or its directory), the one of the service, or one in PATH. */
export async function findGiteaProgram(
  { name, settings, host }: LocateRequest,
  unit: ServiceUnit | undefined,
): Promise<GiteaProgram> {
  const { install } = settings;
  const [unitProgram] = unit?.command ?? [];
  const places =
    install === undefined
      ? [
          ...(unit === undefined || unitProgram === undefined ? [] : [{ names: [unitProgram], source: unit.path }]),
          { names: programNames, source: "PATH" },
          {
            names: ["/usr/local/bin/gitea", "/app/gitea/gitea", "/usr/local/bin/forgejo"],
            source: "the vendor's default",
          },
        ]
      : [
          {
            names: [install, ...programNames.map((program) => join(install, program))],
            source: `applications.${name}.install`,
          },
        ];
  for (const { names, source } of places) {
    const path = await host.findProgram(names);
    if (path !== undefined) return { found: { path, source }, tried: [] };
  }
  return { found: undefined, tried: places.flatMap(({ names, source }) => names.map((path) => `${path} (${source})`)) };
}

/** Asks the binary for its version. Throws `version-unreadable`. */
export async function readGiteaVersion({ name, host }: LocateRequest, { found, tried }: GiteaProgram): Promise<string> {
  const hint = `set \`applications.${name}.install\` to the binary, or \`applications.${name}.version\``;
  if (found === undefined) {
    const list = tried.map((place) => `- ${place}`).join("\n");
    throw new OperationError(
      "version-unreadable",
      `the version of ${name} cannot be read: its program was not found; looked at:\n${list}`,
      { hint },
    );
  }
  const finished = await host.run(found.path, ["--version"]);
  host.signal.throwIfAborted();
  const version = /\bversion:?\s+v?(\d[^\s,]*)/i.exec(finished.output.toString("utf8"))?.[1];
  if (finished.exitCode === 0 && version !== undefined) return version;
  const problem = finished.exitCode === 0 ? "it prints no version" : describeOutcome(finished);
  throw new OperationError(
    "version-unreadable",
    `the version of ${name} cannot be read from ${found.path} --version: ${problem}`,
    { hint },
  );
}

/** Whether the server runs on this host. */
export async function isGiteaRunning(host: Host): Promise<boolean> {
  const processes = await host.processes();
  return processes.some(([program = "", ...args]) => programNames.includes(basename(program)) && args.includes("web"));
}
