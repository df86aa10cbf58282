import { join } from "node:path";
import type { Host } from "../host.ts";
import type { TreeDraft } from "./trees.ts";

/** The tree of the files that administrators change in the program files; empty where there are none of them. */
export async function customisationTree(
  host: Host,
  install: string | undefined,
  files: readonly string[],
): Promise<TreeDraft[]> {
  if (install === undefined) return [];
  const found: string[] = [];
  for (const file of files) if ((await host.kind(join(install, file))) === "file") found.push(file);
  return found.length === 0 ? [] : [{ label: "install", root: install, include: found }];
}
