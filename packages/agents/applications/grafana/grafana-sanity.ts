import { join } from "node:path";
import { applicationSchema } from "../../config/application-schema.ts";
import { compareDatabase } from "../sanity/compare-database.ts";
import { findMissing } from "../sanity/find-missing.ts";
import { readPages } from "../sanity/paged-query.ts";
import { countRows, filesOf, onlyDatabase } from "../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import { findGrafanaDatabase } from "./grafana-database.ts";
import { findGrafanaDirectories, type GrafanaDirectories } from "./grafana-directories.ts";

/** What a drill asks of a restored Grafana. */
export const grafanaSanityChecks: readonly SanityCheck[] = [
  { title: "the database is Grafana's", needs: ["database"], ask: countContent },
  { title: "grafana.ini leads to this database", needs: ["database", "files"], ask: compareSettings },
  { title: "every provisioned dashboard has its file", needs: ["database", "files"], ask: findDashboards },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  if (database.table("dashboard") === undefined || database.table("data_source") === undefined) {
    return { figures: [], findings: ["the database has no tables dashboard and data_source: is it Grafana's?"] };
  }
  const figures = [
    { what: "dashboards", count: await countRows(database, "dashboard") },
    { what: "data sources", count: await countRows(database, "data_source") },
    { what: "users", count: await countRows(database, "user") },
  ];
  return { figures, findings: figures[2]?.count === 0 ? ["the database has no user: nobody could log in"] : [] };
}

async function compareSettings(data: RestoredData): Promise<SanityAnswer> {
  return await compareDatabase(onlyDatabase(data), async () => {
    const { settings, configFile, data: home } = await directoriesOf(data);
    return await findGrafanaDatabase({ settings, configFile: configFile.path, data: home.path, key: "" });
  });
}

// Grafana notes the file of each dashboard that it reads from disk.
async function findDashboards(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const { host } = filesOf(data);
  const table = database.table("dashboard_provisioning");
  if (table === undefined) return { figures: [], findings: [] };
  return await findMissing({
    what: "provisioned dashboards",
    rows: readPages(database, { table, key: "id", columns: ["external_id"], where: "external_id LIKE '/%'" }),
    name: ([, path]) => path ?? "",
    isThere: async ([, path]) => (await host.kind(path ?? "")) === "file",
    problem: "have no file: Grafana would delete them",
  });
}

async function directoriesOf(data: RestoredData): Promise<GrafanaDirectories> {
  const { host, root } = filesOf(data);
  const config = root("config");
  const files = config === undefined ? [] : [config, join(config, "grafana.ini"), join(config, "custom.ini")];
  const kinds = await Promise.all(files.map((path) => host.kind(path)));
  const configFile = files[kinds.indexOf("file")];
  const settings = applicationSchema.parse({ home: root("data"), configFile });
  return await findGrafanaDirectories({ name: data.manifest.application, settings, host });
}
