import type { Host } from "../host.ts";
import type { VersionReading } from "./readings.ts";

export interface AskedProgram {
  /** The program, or undefined where it was not found. */
  path: string | undefined;
  /** What it is called, for the message that it was not found: `vaultwarden in PATH`. */
  wanted: string;
  args: readonly string[];
  /** Finds the version in what it prints; its first group is the version. */
  pattern: RegExp;
}

/** Asks a program for its version, where no file tells it. */
export async function askVersion(host: Host, { path, wanted, args, pattern }: AskedProgram): Promise<VersionReading> {
  if (path === undefined) return { source: "program", place: `${wanted}: not found`, value: undefined };
  const finished = await host.run(path, args);
  host.signal.throwIfAborted();
  const value = finished.exitCode === 0 ? pattern.exec(finished.output.toString("utf8"))?.[1] : undefined;
  return { source: "program", place: `${[path, ...args].join(" ")}, which prints no version`, value };
}
