import { dirname, join } from "node:path";
import { enumerate } from "../../databases/enumerate.ts";
import { compareDatabase } from "../sanity/compare-database.ts";
import { countRows, filesOf, onlyDatabase } from "../sanity/restored-parts.ts";
import type { RestoredData, SanityAnswer, SanityCheck } from "../sanity/sanity.ts";
import { findKeycloakDatabase } from "./keycloak-database.ts";
import { readKeycloakSettings } from "./keycloak-settings.ts";
import { findWildflyDatabase } from "./wildfly-database.ts";

/** What a drill asks of a restored Keycloak. */
export const keycloakSanityChecks: readonly SanityCheck[] = [
  { title: "there are realms, clients and users", needs: ["database"], ask: countContent },
  { title: "the configuration leads to this database", needs: ["database", "files"], ask: compareSettings },
  { title: "every theme of a realm is there", needs: ["database", "files"], ask: findThemes },
];

async function countContent(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  if (database.table("realm") === undefined || database.table("user_entity") === undefined)
    return { figures: [], findings: ["the database has no tables realm and user_entity: is it Keycloak's?"] };
  const figures = [
    { what: "realms", count: await countRows(database, "realm") },
    { what: "clients", count: await countRows(database, "client") },
    { what: "users", count: await countRows(database, "user_entity") },
  ];
  return { figures, findings: figures[0]?.count === 0 ? ["the database has no realm: every Keycloak has one"] : [] };
}

async function compareSettings(data: RestoredData): Promise<SanityAnswer> {
  const { host, root } = filesOf(data);
  const database = onlyDatabase(data);
  const conf = root("conf");
  if (conf === undefined) {
    const file = join(root("configuration") ?? "/", "standalone.xml");
    return await compareDatabase(database, () => findWildflyDatabase(host, { file, unit: undefined, key: "" }));
  }
  const settings = await readKeycloakSettings(host, { home: dirname(conf), unit: undefined, configFile: undefined });
  // Without these in the file they came from elsewhere, which is not known here.
  if (settings.read("db") === undefined && settings.read("db-url") === undefined) return { figures: [], findings: [] };
  return await compareDatabase(database, async () => findKeycloakDatabase(settings, ""));
}

const builtIn = /^(?:base|keycloak|rh-sso|rhbk)(?:[.-].*)?$/;

// A theme may also come in a jar among the providers, whose content is not known here.
async function findThemes(data: RestoredData): Promise<SanityAnswer> {
  const database = onlyDatabase(data);
  const { host, root } = filesOf(data);
  const table = database.table("realm");
  const providers = (await host.list(root("providers") ?? "/nowhere")) ?? [];
  if (table === undefined || providers.some((name) => name.endsWith(".jar"))) return { figures: [], findings: [] };
  const rows = await database.query(`SELECT login_theme, account_theme, admin_theme, email_theme FROM ${table}`);
  const named = [...new Set(rows.flat().filter((name) => name !== null && name !== "" && !builtIn.test(name)))];
  const present = (await host.list(root("themes") ?? "/nowhere")) ?? [];
  const missing = named.filter((name) => name !== null && !present.includes(name));
  const message = `${missing.length} of ${named.length} themes that realms use are not there: ${enumerate(missing.map(String))}`;
  return { figures: [{ what: "themes", count: named.length }], findings: missing.length === 0 ? [] : [message] };
}
