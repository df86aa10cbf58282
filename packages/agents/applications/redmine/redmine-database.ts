import { isAbsolute, join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { parseDatabaseAddress } from "../database/address.ts";
import type { FoundDatabase } from "../database/settings.ts";
import { readTlsMode } from "../database/tls-mode.ts";
import { databaseKind, parseDatabaseUrl } from "../database/url.ts";
import type { Host } from "../host.ts";
import type { RedmineDirectories } from "./redmine-directories.ts";
import { type RubySettings, readRubySettings } from "./ruby-settings.ts";

/**
 * The database of `database.yml`, for the environment that the service has; `DATABASE_URL` of the service is stronger, as in
 * Rails. Throws `application-unreadable`.
 */
export async function findRedmineDatabase(
  host: Host,
  directories: RedmineDirectories,
  key: string,
): Promise<FoundDatabase> {
  const { databaseFile, environment, variable, unit, config, install, home } = directories;
  const settings =
    databaseFile === undefined
      ? undefined
      : await readRubySettings(host, databaseFile.path, { sections: [environment], variable });
  const ofService = variable("DATABASE_URL");
  const url = ofService ?? settings?.value("url");
  const source =
    ofService === undefined ? (databaseFile?.path ?? config) : `DATABASE_URL in the environment of ${unit?.path}`;
  const ofUrl = url === undefined ? undefined : parseDatabaseUrl(url, source);
  const remedy = `set \`${key}\` in the agent's configuration: engine, host, name, user and password`;
  if (url !== undefined && ofUrl === undefined)
    throw new OperationError("application-unreadable", `${source} is no database's URL that is understood here`, {
      hint: remedy,
    });
  if (settings === undefined && ofUrl === undefined) {
    throw new OperationError("application-unreadable", `there is no ${join(config, "database.yml")}`, {
      hint: `set \`${key.replace(/database$/, "configFile")}\` to it; where an image makes it from variables, ${remedy}`,
    });
  }
  const adapter = settings?.value("adapter");
  if (ofUrl === undefined && adapter === undefined) {
    throw new OperationError(
      "application-unreadable",
      `${source} names no database: there is no adapter for \`${environment}\``,
      {
        hint: `${remedy}; or set RAILS_ENV in Redmine's unit to the environment that it runs in`,
      },
    );
  }
  const found = {
    ...(settings === undefined ? {} : ofFile(settings, adapter ?? "")),
    ...withoutUnknown(ofUrl ?? {}),
    source,
  };
  const kind = ofUrl?.kind ?? databaseKind(adapter ?? "");
  const file = ofUrl?.file ?? settings?.value("database") ?? "";
  if (kind !== "sqlite") return { name: undefined, ...found, kind };
  return { kind, name: undefined, file: isAbsolute(file) ? file : join(install?.path ?? home.path, file), source };
}

function ofFile(settings: RubySettings, adapter: string): Omit<FoundDatabase, "kind" | "source"> {
  const { value } = settings;
  const address = parseDatabaseAddress(value("host") ?? "");
  const port = Number(value("port") ?? Number.NaN);
  // libmysqlclient, which mysql2 is made of, goes through the socket where the host is `localhost`.
  const isSocket = address.host === "" || (address.host === "localhost" && adapter === "mysql2");
  const mode = readTlsMode(value("sslmode") ?? value("ssl_mode"));
  const caFile = value("sslrootcert") ?? value("sslca");
  return {
    name: value("database"),
    host: isSocket ? undefined : address.host,
    port: address.port ?? (Number.isInteger(port) ? port : undefined),
    // Any other host is stronger than a socket.
    socket: (isSocket ? value("socket") : undefined) ?? address.socket,
    user: value("username"),
    password: () => value("password"),
    tls: mode === undefined ? undefined : { mode, caFile },
  };
}

function withoutUnknown(found: Partial<FoundDatabase>): Partial<FoundDatabase> {
  const known = Object.entries(found).filter(([, value]) => value !== undefined);
  const merged: Partial<FoundDatabase> = Object.fromEntries(known);
  if (merged.password?.() === undefined) delete merged.password;
  return merged;
}
