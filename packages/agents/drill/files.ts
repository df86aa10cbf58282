import { join } from "node:path";
import type { VerifiedArchive } from "@catapullt/core/archive/verify";
import { OperationError } from "@catapullt/core/errors";
import type { RestoredFiles } from "../applications/sanity/sanity.ts";
import type { Selection } from "../restore/selection.ts";
import { stageTrees } from "../restore/stage.ts";
import { memberRoot } from "../restore/survey.ts";
import { type Finding, findingOf } from "./findings.ts";
import { refuseFullDisk } from "./full-disk.ts";
import type { DrillPlan } from "./plan.ts";
import { createRestoredFiles } from "./restored-files.ts";
import type { StepClock } from "./steps.ts";
import { compareTree } from "./tree-check.ts";
import type { Workspace } from "./workspace.ts";

export interface FilesDrill {
  archive: string;
  verified: VerifiedArchive;
  selection: Selection;
  workspace: Workspace;
  clock: StepClock;
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  onProgress: (bytes: number) => void;
}

export interface DrilledFiles {
  /** Undefined where they could not be written. */
  restored: RestoredFiles | undefined;
  findings: Finding[];
}

/** Writes all trees out, as a restore would, and holds them against the manifest. */
export async function drillFiles({ trees }: DrillPlan, drill: FilesDrill): Promise<DrilledFiles> {
  const { archive, verified, selection, workspace, clock, environment, signal, onProgress } = drill;
  const { sha1, manifest } = verified;
  const directory = await workspace.directory("files");
  const directories = new Map(trees.map(({ label }) => [label, directory]));
  try {
    await clock.run({ step: "write the files", isRecovery: true }, () =>
      stageTrees({ archive, sha1, manifest, selection, directories, environment, signal, onProgress }),
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OperationError) || error.code === "tool-missing") throw error;
    await refuseFullDisk(error, workspace.path);
    return { restored: undefined, findings: [findingOf("files", error)] };
  }
  const findings: Finding[] = [];
  await clock.run({ step: "count the files", isRecovery: false }, async () => {
    for (const tree of trees) {
      const differences = await compareTree(tree, join(directory, tree.label));
      findings.push(...differences.map((message) => ({ subject: `files of ${tree.label}`, message })));
    }
  });
  const written = trees.map((tree) => {
    const { label, source } = tree;
    return { label, source, root: memberRoot(tree), path: join(directory, label) };
  });
  return { restored: createRestoredFiles(written, signal), findings };
}
