import { join } from "node:path";
import { readMembers } from "@catapullt/core/archive/reader";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import { enumerate } from "../../databases/enumerate.ts";
import { filesOf } from "../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import { backupFileName } from "./gitlab-backup.ts";

/** What a drill asks of a restored GitLab. */
export const gitlabSanityChecks: readonly SanityCheck[] = [
  { title: "GitLab's own backup is whole, and of this version", needs: ["files"], ask: readBackup },
  { title: "the keys that open the database are there", needs: ["files"], ask: findKeys },
];

const secretsFile = "gitlab-secrets.json";
const informationFile = "backup_information.yml";

interface BackupContents {
  /** Names of all members. */
  members: string[];
  information: string;
}

async function readBackup(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const { application, version } = data.manifest;
  const name = backupFileName(application);
  const path = join(root("backup") ?? "/", name);
  if ((await host.kind(path)) !== "file") return { figures: [], findings: [`${name} is not there`] };
  try {
    const contents = await readContents(host.locate(path), host.signal);
    const { members, information } = contents;
    const repositories = members.filter((member) => /^(?:\.\/)?repositories\/.*\.bundle$/.test(member)).length;
    return {
      figures: [
        { what: "files in GitLab's backup", count: members.length },
        { what: "repository bundles", count: repositories },
      ],
      findings: [...findMissing(contents), ...compareVersion(information, version.before)],
    };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return { figures: [], findings: [`${name} is damaged: ${errorMessage(error)}`] };
  }
}

async function readContents(path: string, signal: AbortSignal): Promise<BackupContents> {
  const members: string[] = [];
  let information = "";
  await readMembers(path, {
    signal,
    async onMember({ name, type }, content) {
      if (type !== "directory") members.push(name);
      if (name.replace(/^\.\//, "") !== informationFile) return;
      const pieces: Buffer[] = [];
      for await (const piece of content) pieces.push(piece);
      information = Buffer.concat(pieces).toString("utf8");
    },
  });
  return { members, information };
}

function findMissing({ members, information }: BackupContents): string[] {
  const skipped = (/^:skipped:\s*(\S.*)$/m.exec(information)?.[1] ?? "").split(/[,\s]+/);
  const parts = [informationFile, "db/", "repositories/"].filter(
    (part) => !members.some((member) => member.replace(/^\.\//, "").startsWith(part)),
  );
  const left = ["db", "repositories"].filter((part) => skipped.includes(part));
  return [
    ...(parts.length === 0 ? [] : [`GitLab's backup has no ${enumerate(parts)}`]),
    ...(left.length === 0 ? [] : [`GitLab's backup was made without ${enumerate(left)}`]),
  ];
}

function compareVersion(information: string, version: string): string[] {
  const own = /^:gitlab_version:\s*["']?([^\s"']+)/m.exec(information)?.[1];
  if (own === undefined || own === version) return [];
  return [
    `GitLab's backup is of version ${own}, the program files were of ${version}: GitLab restores the same version and edition only`,
  ];
}

async function findKeys(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const areSeparate = data.manifest.trees.some(({ excluded }) => excluded.some((rule) => rule.startsWith(secretsFile)));
  if (areSeparate || (await host.kind(join(root("config") ?? "/", secretsFile))) === "file")
    return { figures: [], findings: [] };
  return {
    figures: [],
    findings: [`${secretsFile} is not there: two-factor logins and CI variables cannot be read without it`],
  };
}
