import type { Host } from "../host.ts";

/** The home of the first of these users that the host has, by its `/etc/passwd`. */
export async function findUserHome(host: Host, users: readonly (string | undefined)[]): Promise<string | undefined> {
  const lines = ((await host.readText("/etc/passwd")) ?? "").split("\n").map((line) => line.split(":"));
  for (const user of users) {
    const home = lines.find(([name]) => user !== undefined && name === user)?.[5];
    if (home) return home;
  }
  return undefined;
}
