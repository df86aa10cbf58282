import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import type { Host } from "../host.ts";
import type { TreeDraft } from "./trees.ts";

/**
 * Trees for parts of a directory that are often links to another disk: where they are, the tree around them has the links
 * alone. Throws `application-not-found` where one leads nowhere: a backup without what it led to is none.
 */
export async function linkedDirectories(host: Host, directory: string, names: readonly string[]): Promise<TreeDraft[]> {
  const present = (await host.list(directory)) ?? [];
  for (const name of names.filter((candidate) => present.includes(candidate))) {
    const path = join(directory, name);
    if ((await host.kind(path)) !== undefined) continue;
    throw new OperationError("application-not-found", `${path} is a link that leads nowhere`, {
      hint: "mount the disk that it is on, or correct the link",
    });
  }
  return names.map((name) => ({ label: name, root: join(directory, name) }));
}
