import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { enumerate } from "../../databases/enumerate.ts";
import { compareDatabase } from "../sanity/compare-database.ts";
import { countRows, filesOf, onlyDatabase } from "../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import { findSonarqubeDatabase } from "./sonarqube-database.ts";
import { readSonarqubeSettings } from "./sonarqube-settings.ts";

/** What a drill asks of a restored SonarQube. */
export const sonarqubeSanityChecks: readonly SanityCheck[] = [
  { title: "there are projects, rules and users", needs: ["database"], ask: countContent },
  { title: "sonar.properties leads to this database", needs: ["database", "files"], ask: compareSettings },
  { title: "the database knows every installed plugin", needs: ["database", "files"], ask: findPlugins },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  if (database.table("rules") === undefined || database.table("projects") === undefined)
    return { figures: [], findings: ["the database has no tables projects and rules: is it SonarQube's?"] };
  const figures = [
    { what: "projects", count: await countRows(database, "projects") },
    { what: "rules", count: await countRows(database, "rules") },
    { what: "users", count: await countRows(database, "users") },
  ];
  return { figures, findings: figures[2]?.count === 0 ? ["the database has no user: nobody could log in"] : [] };
}

async function compareSettings(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const conf = root("conf");
  if (conf === undefined) return { figures: [], findings: ["the archive has no directory conf"] };
  const settings = await readSonarqubeSettings(host, dirname(conf), undefined);
  // Without a URL in the file it came from the environment, which is not known here.
  if (settings.read("sonar.jdbc.url") === undefined) return { figures: [], findings: [] };
  return await compareDatabase(onlyDatabase(data), async () => findSonarqubeDatabase(settings, ""));
}

// SonarQube notes the MD5 of each plugin's file when it starts.
async function findPlugins(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const { host, root, walk } = filesOf(data);
  const table = database.table("plugins");
  const extensions = root("extensions");
  if (table === undefined || extensions === undefined) return { figures: [], findings: [] };
  const known = new Set((await database.query(`SELECT file_hash FROM ${table}`)).map(([hash]) => hash));
  const unknown: string[] = [];
  let count = 0;
  for await (const path of walk(`${extensions}/plugins`)) {
    if (!path.endsWith(".jar")) continue;
    count += 1;
    if (!known.has(await hashFile(host.locate(path)))) unknown.push(basename(path));
  }
  const message = `${unknown.length} of ${count} plugins are not those that the database knows: ${enumerate(unknown)}`;
  return { figures: [{ what: "plugins", count }], findings: unknown.length === 0 ? [] : [message] };
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("md5");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
