import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { hasErrorCode } from "@catapullt/core/errors";
import { escapeControls } from "@catapullt/core/printable";
import { isInside } from "../applications/files/trees.ts";
import type { Host } from "../applications/host.ts";
import type { LocatedApplication } from "../applications/type.ts";

/** A sign that the application runs, and how to stop it. */
export interface RunningSign {
  what: string;
  stop: string;
}

const pidFileDirectories = ["", "work", "temp", "run"];

/** Looks for an active service, processes that have files of the application open, and pid files of processes that live. */
export async function findRunning(application: LocatedApplication, host: Host): Promise<RunningSign[]> {
  const units = await activeUnits([application.name, application.type], host);
  if (units.length > 0)
    return units.map((unit) => ({ what: `the service ${unit} is active`, stop: `systemctl stop ${unit}` }));
  const places = applicationPlaces(application);
  const processes = (await listProcesses()).filter((id) => id !== process.pid && id !== process.ppid);
  const withPidFile = new Set(await pidFileProcesses(application));
  const signs: RunningSign[] = [];
  for (const id of processes) {
    const open = await openPlace(id, places);
    const isNamed = withPidFile.has(id) && (await mentions(id, places));
    if (open === undefined && !isNamed) continue;
    const reason = open === undefined ? "is named by its pid file" : `has ${escapeControls(open)} open`;
    signs.push({ what: `process ${id} (${await commandName(id)}) ${reason}`, stop: await stopCommand(id) });
  }
  return signs;
}

function applicationPlaces({ home, install, trees, databases }: LocatedApplication): string[] {
  const files = databases.flatMap(({ file }) => (file === undefined ? [] : [file]));
  return [...(home === undefined ? [] : [home]), ...(install === undefined ? [] : [install])].concat(
    trees.map(({ root }) => root),
    files,
  );
}

async function activeUnits(names: readonly string[], host: Host): Promise<string[]> {
  const systemctl = await host.findProgram(["systemctl"]);
  if (systemctl === undefined) return [];
  const active: string[] = [];
  for (const name of new Set(names)) {
    const unit = `${name}.service`;
    const { exitCode } = await host.run(systemctl, ["is-active", "--quiet", unit]);
    host.signal.throwIfAborted();
    if (exitCode === 0) active.push(unit);
  }
  return active;
}

async function listProcesses(): Promise<number[]> {
  return (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** A file of the application that the process has open, or is itself; a current directory does not count. */
async function openPlace(id: number, places: readonly string[]): Promise<string | undefined> {
  const descriptors = (await attempt(() => readdir(`/proc/${id}/fd`))) ?? [];
  for (const link of [`/proc/${id}/exe`, ...descriptors.map((name) => `/proc/${id}/fd/${name}`)]) {
    const path = await attempt(() => readlink(link));
    if (path !== undefined && places.some((place) => isInside(path, place))) return path;
  }
  return undefined;
}

async function pidFileProcesses({ home, install }: LocatedApplication): Promise<number[]> {
  const directories = [home, install]
    .filter((place) => place !== undefined)
    .flatMap((place) => pidFileDirectories.map((name) => join(place, name)));
  const ids: number[] = [];
  for (const directory of directories) {
    for (const name of (await attempt(() => readdir(directory))) ?? []) {
      if (!name.endsWith(".pid")) continue;
      const content = await attempt(() => readFile(join(directory, name), "utf8"));
      if (/^\d+\s*$/.test(content ?? "")) ids.push(Number(content));
    }
  }
  return ids;
}

// A number from an old pid file may belong to another process by now.
async function mentions(id: number, places: readonly string[]): Promise<boolean> {
  const words = ((await attempt(() => readFile(`/proc/${id}/cmdline`, "utf8"))) ?? "").split("\0");
  return words.some((word) => places.some((place) => word.includes(place)));
}

async function commandName(id: number): Promise<string> {
  const words = ((await attempt(() => readFile(`/proc/${id}/cmdline`, "utf8"))) ?? "").split("\0");
  return escapeControls(basename(words[0] ?? "") || "unknown");
}

async function stopCommand(id: number): Promise<string> {
  const groups = (await attempt(() => readFile(`/proc/${id}/cgroup`, "utf8"))) ?? "";
  const unit = /\/system\.slice\/(?:[^\n]*\/)?([\w@.:\\-]+\.service)/.exec(groups)?.[1];
  return unit === undefined ? `kill ${id}` : `systemctl stop ${unit}`;
}

/** Processes end while they are looked at, and those of others may be hidden. */
async function attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ESRCH", "EACCES", "EPERM", "ENOTDIR", "EISDIR", "EINVAL")) return undefined;
    throw error;
  }
}
