import { join } from "node:path";
import { enumerate } from "../../../databases/enumerate.ts";
import { readPages } from "../../sanity/paged-query.ts";
import { countRows, filesOf, onlyDatabase } from "../../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../../sanity/sanity.ts";
import { findSharedHome } from "./jira-directories.ts";
import { jiraPropertiesSql } from "./jira-version.ts";

/** What a drill asks of a restored Jira. */
export const jiraSanityChecks: readonly SanityCheck[] = [
  { title: "there are projects and issues", needs: ["database"], ask: countContent },
  { title: "database and program files are of one version", needs: ["database"], ask: compareVersions },
  { title: "every attachment has its file", needs: ["database", "files"], ask: findAttachments },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const figures = [
    { what: "projects", count: await countRows(database, "project") },
    { what: "issues", count: await countRows(database, "jiraissue") },
  ];
  const isEmpty = figures.every((figure) => figure.count === 0);
  return {
    figures,
    findings: isEmpty ? ["the database has neither a project nor an issue: is it the one in use?"] : [],
  };
}

async function compareVersions(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const entries = database.table("propertyentry");
  const texts = database.table("propertystring");
  if (entries === undefined || texts === undefined)
    return { figures: [], findings: ["the database has no tables PROPERTYENTRY and PROPERTYSTRING: is it Jira's?"] };
  const [[, found] = []] = await database.query(jiraPropertiesSql(entries, texts, ["jira.version"]));
  const program = data.manifest.version.sources.find(({ source }) => source === "program files")?.value;
  if (program === undefined || !found || program === found) return { figures: [], findings: [] };
  return {
    figures: [],
    findings: [
      `the program files were of version ${program}, the database is of ${found}: Jira does not start with an older version than that`,
    ],
  };
}

async function findAttachments(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const files = filesOf(data);
  const table = database.table("fileattachment");
  if (table === undefined) return { figures: [], findings: [] };
  const home = files.root("home") ?? "/";
  const directory = join((await findSharedHome(files.host, home)).path, "data/attachments");
  const stored = new Set<number>();
  for await (const path of files.walk(directory)) {
    const id = attachmentFileId(path);
    if (id !== undefined) stored.add(id);
  }
  let rows = 0;
  const missing: string[] = [];
  for await (const [id, name] of readPages(database, { table, key: "id", columns: ["filename"] })) {
    rows += 1;
    if (!stored.has(Number(id))) missing.push(`${name} (${id})`);
  }
  return {
    figures: [
      { what: "attachments", count: rows },
      { what: "attachment files", count: stored.size },
    ],
    findings:
      missing.length === 0
        ? []
        : [`${missing.length} of ${rows} attachments have no file in ${directory}: ${enumerate(missing)}`],
  };
}

/**
 * The attachment that a file holds: `…/TEST/10000/TEST-7/10042`, before 7.0 `…/TEST/TEST-7/10042`, and long before that with
 * the name behind it, `10042_plan.png`. Thumbnails lie a directory deeper.
 */
export function attachmentFileId(path: string): number | undefined {
  const id = /\/[A-Z][A-Z0-9_]*-\d+\/(\d+)(?:_[^/]*)?$/.exec(path)?.[1];
  return id === undefined ? undefined : Number(id);
}
