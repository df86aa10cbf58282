import { readFile } from "node:fs/promises";
import { OperationError } from "@catapullt/core/errors";

/** The number of a group that is given by name or number; looked up in `/etc/group`. */
export async function resolveGroup(group: string | number | undefined): Promise<number | undefined> {
  if (group === undefined || typeof group === "number") return group;
  const lines = (await readFile("/etc/group", "utf8")).split("\n");
  const line = lines.find((candidate) => candidate.startsWith(`${group}:`));
  const id = Number(line?.split(":")[2]);
  if (Number.isInteger(id)) return id;
  throw new OperationError("config-invalid", `archiveGroup: there is no group ${group} on this host`, {
    hint: `make it (groupadd --system ${group}), or name one of those in /etc/group`,
  });
}
