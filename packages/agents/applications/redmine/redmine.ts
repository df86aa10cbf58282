import { join } from "node:path";
import type { DatabaseSettings } from "../../databases/engine.ts";
import { assembleApplication } from "../assemble.ts";
import type { TreeDraft } from "../files/trees.ts";
import type { Host } from "../host.ts";
import { filesByDirectory, serviceTrees } from "../service/trees.ts";
import type { ApplicationType, LocateRequest, Query } from "../type.ts";
import { combineReadings, type VersionReading } from "../version/readings.ts";
import { findRedmineDatabase } from "./redmine-database.ts";
import { findRedmineDirectories, type RedmineDirectories, versionFile } from "./redmine-directories.ts";
import { redmineSanityChecks } from "./redmine-sanity.ts";

/** Redmine, as it is unpacked or as an instance of Debian's package. */
export const redmine: ApplicationType = {
  name: "redmine",
  title: "Redmine",
  keys: ["home", "install", "configFile", "database", "keys"],
  requiredKeys: [],
  locate,
  sanityChecks: redmineSanityChecks,
};

/** Relative to the configuration: what signs sessions and opens Rails' own secrets. */
const keys = ["initializers/secret_token.rb", "secrets.yml", "master.key", "credentials/*.key", "secret_key.txt"];

async function locate(request: LocateRequest) {
  const { name, settings, host } = request;
  const directories = await findRedmineDirectories(request);
  const { home, install, databaseFile, attachments, otherInstances } = directories;
  return assembleApplication(redmine, request, {
    home,
    install,
    evidence: [
      ...(databaseFile === undefined
        ? []
        : [{ what: "configuration", value: databaseFile.path, source: databaseFile.source }]),
      { what: "attachments", value: attachments.path, source: attachments.source },
    ],
    database: () => findRedmineDatabase(host, directories, `applications.${name}.database`),
    trees: await redmineTrees(host, directories),
    warnings: settings.home === undefined ? otherInstances.map(otherInstanceWarning) : [],
    captureVersion: async (database, query) =>
      combineReadings(request, await readVersions(host, directories, { database, query })),
    restoreNotes: (version) => restoreNotes(version, directories),
  });
}

function otherInstanceWarning(instance: string): string {
  return `${instance} is another instance of Redmine on this host: for its backup, make it an application of its own (\`applications.${instance}: { type: redmine }\`)`;
}

async function redmineTrees(host: Host, directories: RedmineDirectories): Promise<TreeDraft[]> {
  const { attachments, config, home, install, isDebian, unit } = directories;
  const program = install?.path ?? home.path;
  const single = [
    ...["Gemfile.local", "Gemfile.lock"].map((file) => join(program, file)),
    ...(isDebian ? ["/etc/default/redmine"] : []),
  ];
  const existing: string[] = [];
  for (const file of single) if ((await host.kind(file)) === "file") existing.push(file);
  return [
    { label: "files", root: attachments.path },
    { label: "config", root: config, keys },
    { label: "plugins", root: join(program, "plugins") },
    // Up to 5 below `public`.
    { label: "themes", root: join(program, "public/themes") },
    { label: "themes", root: join(program, "themes") },
    ...filesByDirectory("settings", existing),
    ...serviceTrees(unit),
  ];
}

interface VersionSources {
  database: DatabaseSettings | undefined;
  query: Query | undefined;
}

async function readVersions(
  host: Host,
  { install }: RedmineDirectories,
  { database, query }: VersionSources,
): Promise<VersionReading[]> {
  if (install === undefined)
    return [{ source: "program files", place: "program files, which were not found", value: undefined }];
  const file = join(install.path, versionFile);
  const text = (await host.readText(file)) ?? "";
  const number = (part: string) => new RegExp(`^\\s*${part}\\s*=\\s*(\\d+)`, "m").exec(text)?.[1];
  const numbers = ["MAJOR", "MINOR", "TINY"].map(number);
  const value = numbers.includes(undefined) ? undefined : numbers.join(".");
  const program = { source: "program files", place: file, value };
  if (query === undefined || database === undefined) return [program];
  // Plugins note their own migrations as `7-name_of_plugin`.
  const [[migration] = []] = await query(
    database,
    "SELECT MAX(version) FROM schema_migrations WHERE version NOT LIKE '%-%'",
  );
  return [program, { source: "database", place: "schema_migrations", value: value && (migration ?? undefined) }];
}

function restoreNotes(version: string, directories: RedmineDirectories): string[] {
  const { attachments, home, install, isDebian, unit, environment } = directories;
  const program = install?.path ?? home.path;
  const user = unit?.user ?? (isDebian ? "www-data" : "redmine");
  const rake = (task: string) =>
    `\`cd ${program} && sudo -u ${user} RAILS_ENV=${environment} bundle exec rake ${task}\``;
  return [
    `Install Redmine ${version}, the same version, with the plugins of this archive. Database and files must come from this same archive.`,
    "`database_cipher_key` in `configuration.yml` opens the passwords of repositories and LDAP in the database: it must be the one of this archive.",
    `Give the files to the user that runs Redmine: \`chown -R ${user}: ${attachments.path}\``,
    isDebian
      ? "Let the package put its parts together again: `dpkg-reconfigure redmine`"
      : `Install what it and its plugins need: \`cd ${program} && bundle install\`; without \`initializers/secret_token.rb\` or another key from this archive: ${rake("generate_secret_token")}`,
    `Bring the database up to the program files: ${rake("db:migrate redmine:plugins:migrate")}, then ${rake("tmp:cache:clear")}`,
    `Start Redmine ${version}. Repositories that it shows are not in this archive, unless their paths are in it.`,
  ];
}
