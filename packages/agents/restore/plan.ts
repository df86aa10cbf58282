import type { Manifest } from "@catapullt/core/archive/manifest";
import { formatBytes } from "@catapullt/core/units";
import type { RestoreTarget } from "../databases/engine.ts";
import type { RunningSign } from "./running.ts";
import type { TreeTarget } from "./targets.ts";

export interface RestoreFacts {
  archive: { path: string; bytes: number };
  manifest: Manifest;
  application: string;
  type: string;
  foundIn: "host" | "archive";
  installedVersion: string | undefined;
  running: readonly RunningSign[];
  trees: readonly TreeTarget[];
  databases: readonly {
    name: string;
    member: string;
    bytes: number;
    target: RestoreTarget;
    /** Whether a restore that was killed was loading it. */
    isHalf: boolean;
  }[];
  shortages: readonly { path: string; needed: number; free: number }[];
  /** Paths that were named and have no member. */
  unmatched: readonly string[];
  stamp: string;
}

export interface RestoreOptions {
  replace: boolean;
  allowVersionMismatch: boolean;
  allowRunning: boolean;
}

export interface RestoreStep {
  what: string;
  /** Where it goes. */
  to: string;
  /** Uncompressed. */
  bytes: number;
  /** What is there now, and how it is kept. */
  keeps: string | undefined;
}

/** What a restore would do, and why it does not; plain data, for people and for `--json`. */
export interface RestorePlan {
  archive: string;
  application: string;
  type: string;
  version: string;
  /** Where and when the backup was made. */
  host: string;
  startedAt: string;
  steps: RestoreStep[];
  notes: string[];
  refusals: Refusal[];
}

export interface Refusal {
  problem: string;
  remedy: string;
}

/** Decides from what was found; changes nothing. */
export function planRestore(facts: RestoreFacts, options: RestoreOptions): RestorePlan {
  const { archive, manifest, application, foundIn, trees, databases, stamp } = facts;
  return {
    archive: archive.path,
    application: manifest.application,
    type: manifest.type,
    version: manifest.version.after,
    host: manifest.host,
    startedAt: manifest.startedAt,
    steps: [...databases.map(databaseStep), ...trees.map((tree) => treeStep(tree, stamp, options))],
    notes: [
      ...(foundIn === "archive"
        ? [`${application} was not found on this host: places and database are those that the archive's own files name`]
        : []),
      ...(facts.installedVersion === undefined
        ? [
            `the installed version cannot be read: install ${manifest.type} ${manifest.version.after} before you start it`,
          ]
        : []),
      ...(options.allowVersionMismatch ? versionRefusals(facts).map(({ problem }) => problem) : []),
      ...(options.allowRunning ? runningRefusals(facts).map(({ problem }) => problem) : []),
      ...databases.flatMap(({ target }) => target.notes),
    ],
    refusals: [
      ...identityRefusals(facts),
      ...facts.unmatched.map((path) => ({
        problem: `the archive has no member ${path}`,
        remedy: "list them with: backup-agent inspect --files ARCHIVE",
      })),
      ...(options.allowVersionMismatch ? [] : versionRefusals(facts)),
      ...(options.allowRunning ? [] : runningRefusals(facts)),
      ...trees.flatMap(({ problem }) =>
        problem === undefined ? [] : [{ problem: problem.what, remedy: problem.remedy }],
      ),
      ...(options.replace ? [] : contentRefusals(facts)),
      ...facts.shortages.map(({ path, needed, free }) => ({
        problem: `the disk of ${path} has ${formatBytes(free)} free, the restore needs ${formatBytes(needed)}`,
        remedy: "make room there, or restore a part of it with --path",
      })),
      ...(databases.length + trees.length === 0 && facts.unmatched.length === 0
        ? [
            {
              problem: "the archive holds nothing of what is to be restored",
              remedy: "see: backup-agent inspect ARCHIVE",
            },
          ]
        : []),
    ],
  };
}

function databaseStep({ name, bytes, target }: RestoreFacts["databases"][number]): RestoreStep {
  const keeps = target.content === undefined ? undefined : `${target.content}, ${target.keptAs}`;
  return { what: `database ${name}`, to: target.title, bytes, keeps };
}

function treeStep(
  { label, path, mode, content, bytes }: TreeTarget,
  stamp: string,
  { replace }: RestoreOptions,
): RestoreStep {
  const what = mode === "merge" ? `single files of ${label}` : `files of ${label}`;
  const kept =
    mode === "inside" ? `moved to ${path}/before-restore-${stamp}` : `renamed to ${path}.before-restore-${stamp}`;
  const single = replace
    ? `files that differ are renamed to NAME.before-restore-${stamp}`
    : "files that differ make the restore refuse; with --replace they are renamed";
  return { what, to: path, bytes, keeps: mode === "merge" ? single : content && `${content}, ${kept}` };
}

function identityRefusals({ manifest, application, type }: RestoreFacts): Refusal[] {
  const archivedOf = manifest.keysOf ?? manifest.application;
  if (archivedOf === application && manifest.type === type) return [];
  const archived = `${manifest.application} (${manifest.type})`;
  return [
    {
      problem: `this is an archive of ${archived}, not of ${application} (${type})`,
      remedy: `name the right one, or restore it elsewhere: backup-agent restore ${archivedOf} ARCHIVE --to DIR`,
    },
  ];
}

function versionRefusals({ manifest, installedVersion, application }: RestoreFacts): Refusal[] {
  const archived = manifest.version.after;
  if (installedVersion === undefined || installedVersion === archived) return [];
  return [
    {
      problem: `the installed version of ${application} is ${installedVersion}, the archive's is ${archived}`,
      remedy: `install ${archived}, or use --allow-version-mismatch if the vendor says that ${installedVersion} upgrades such data`,
    },
  ];
}

function runningRefusals({ running, application }: RestoreFacts): Refusal[] {
  return running.slice(0, 5).map(({ what, stop }) => ({
    problem: `${application} is running: ${what}`,
    remedy: `stop it: ${stop} (--allow-running if this is not the application)`,
  }));
}

function contentRefusals({ trees, databases }: RestoreFacts): Refusal[] {
  const remedy = "use --replace, which keeps what is there under another name, or restore elsewhere with --to DIR";
  return [
    ...databases.flatMap(({ target: { title, content }, isHalf }) => {
      const half = isHalf ? ", perhaps half a dump: a restore was killed while it loaded this database" : "";
      return content === undefined ? [] : [{ problem: `${title} is not empty: ${content}${half}`, remedy }];
    }),
    ...trees.flatMap(({ path, content }) =>
      content === undefined ? [] : [{ problem: `${path} is not empty: ${content}`, remedy }],
    ),
  ];
}
