import { join } from "node:path";
import { enumerate } from "../../../databases/enumerate.ts";
import { readPages } from "../../sanity/paged-query.ts";
import { countRows, filesOf, onlyDatabase } from "../../sanity/restored-parts.ts";
import type { RestoredData, RestoredDatabase, RestoredFiles, SanityAnswer, SanityCheck } from "../../sanity/sanity.ts";
import { readHibernateConfig } from "../hibernate-config.ts";
import { confluenceConfigFile, findDataDirectories } from "./confluence-directories.ts";
import { readDatabaseBuild } from "./confluence-version.ts";

// Neither an older version of something else, nor a draft, nor in the trash.
const isCurrent = "PREVVER IS NULL AND CONTENT_STATUS = 'current'";

/** What a drill asks of a restored Confluence. */
export const confluenceSanityChecks: readonly SanityCheck[] = [
  { title: "there are spaces and pages", needs: ["database"], ask: countContent },
  { title: "home and database are of one build", needs: ["database", "files"], ask: compareBuilds },
  { title: "every attachment has its file", needs: ["database", "files"], ask: findAttachments },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const figures = [
    { what: "spaces", count: await countRows(database, "SPACES") },
    { what: "pages", count: await countRows(database, "CONTENT", `CONTENTTYPE = 'PAGE' AND ${isCurrent}`) },
    { what: "blog posts", count: await countRows(database, "CONTENT", `CONTENTTYPE = 'BLOGPOST' AND ${isCurrent}`) },
  ];
  const isEmpty = figures.every((figure) => figure.count === 0);
  return { figures, findings: isEmpty ? ["the database has neither a space nor a page: is it the one in use?"] : [] };
}

async function compareBuilds(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const { buildNumber } = await readHibernateConfig(host, join(root("home") ?? "/", confluenceConfigFile));
  const database = onlyDatabase(data);
  const settings = { engine: database.engine, name: database.recorded.name, skip: [] };
  const found = await readDatabaseBuild((_, sql) => database.query(sql), settings);
  if (found === undefined)
    return { figures: [], findings: ["the database has no table CONFVERSION: is it Confluence's?"] };
  if (buildNumber === undefined || Number(buildNumber) === found.build) return { figures: [], findings: [] };
  return {
    figures: [],
    findings: [
      `the home is of build ${buildNumber}, the database of ${found.build}: Confluence refuses to start with them`,
    ],
  };
}

async function findAttachments(data: RestoredData): Promise<SanityAnswer> {
  const files = filesOf(data);
  const home = files.root("home") ?? "/";
  const config = await readHibernateConfig(files.host, join(home, confluenceConfigFile));
  const { attachments } = await findDataDirectories(files.host, home, config);
  const stored = await listStoredVersions(files, attachments.path);
  let rows = 0;
  const missing: string[] = [];
  for await (const { id, version, title } of listAttachments(onlyDatabase(data))) {
    rows += 1;
    if (!stored.has(keyOf(id, version))) missing.push(`${title} (${id}, version ${version})`);
  }
  return {
    figures: [
      { what: "attachments", count: rows },
      { what: "attachment files", count: stored.size },
    ],
    findings:
      missing.length === 0
        ? []
        : [`${missing.length} of ${rows} attachments have no file in ${attachments.path}: ${enumerate(missing)}`],
  };
}

/**
 * The versions of attachments that are there as files, whichever layout the release has: `…/<id>/<id>.<version>` since 8.1,
 * `…/<id>/<version>` before.
 */
async function listStoredVersions(files: RestoredFiles, directory: string): Promise<ReadonlySet<number>> {
  const stored = new Set<number>();
  for await (const path of files.walk(directory)) {
    const [, id, ownId, version] = /\/(\d+)\/(?:(\d+)\.)?(\d+)$/.exec(path) ?? [];
    if (id !== undefined && version !== undefined && (ownId ?? id) === id)
      stored.add(keyOf(Number(id), Number(version)));
  }
  return stored;
}

const mostVersions = 100_000;

function keyOf(id: number, version: number): number {
  return id * mostVersions + version;
}

interface Attachment {
  id: number;
  version: number;
  title: string;
}

// Since 5.7 an attachment is content like any other; before, it had a table of its own.
async function* listAttachments(database: RestoredDatabase): AsyncGenerator<Attachment> {
  const content = database.table("CONTENT");
  const older = database.table("ATTACHMENTS");
  const lists = [
    ...(content === undefined
      ? []
      : [
          {
            table: content,
            key: "CONTENTID",
            version: "VERSION",
            where: `CONTENTTYPE = 'ATTACHMENT' AND ${isCurrent}`,
          },
        ]),
    ...(older === undefined
      ? []
      : [{ table: older, key: "ATTACHMENTID", version: "ATTVERSION", where: "PREVVER IS NULL" }]),
  ];
  for (const { table, key, version, where } of lists) {
    for await (const [id, number, title] of readPages(database, { table, key, columns: [version, "TITLE"], where })) {
      yield { id: Number(id), version: Number(number), title: title ?? "" };
    }
  }
}
