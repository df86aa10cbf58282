import { OperationError } from "@catapullt/core/errors";
import { describeJdbcDatabase } from "../../database/jdbc/found-database.ts";
import { parseJdbcUrl } from "../../database/jdbc/url.ts";
import type { FoundDatabase } from "../../database/settings.ts";
import { decodeStoredPassword } from "../password.ts";
import type { BitbucketProperties } from "./bitbucket-directories.ts";

export interface BitbucketDatabaseOptions {
  /** `JDBC_URL` and its companions, by which containers are set up; the service's own come first. */
  environments: readonly { variables: ReadonlyMap<string, string>; source: string }[];
  install: string | undefined;
  /** The agent's key for the password, for messages: `applications.bitbucket.database.password`. */
  passwordKey: string;
}

/** The database of `bitbucket.properties`, or of the environment where that names none. */
export function findBitbucketDatabase(
  file: BitbucketProperties,
  { environments, install, passwordKey }: BitbucketDatabaseOptions,
): FoundDatabase {
  const place = [inFile(file), ...environments.map(inEnvironment)].find(({ url }) => url !== "");
  // Without any setting it uses a database of its own, beside its data.
  if (place === undefined) return { kind: "h2", name: undefined, source: `no jdbc.url in ${file.path}` };
  const { url, user, password, decoder, source } = place;
  const parsed = parseJdbcUrl(url);
  if (parsed === undefined) {
    throw new OperationError("application-unreadable", `jdbc.url in ${source} is no JDBC URL that is understood here`, {
      hint: `set \`${passwordKey.replace(/\.password$/, "")}\` in the agent's configuration: engine, host, name, user and password`,
    });
  }
  const found = describeJdbcDatabase(parsed, source);
  return {
    ...found,
    user: user || found.user,
    password() {
      if (password === undefined) return found.password?.();
      const toolDirectory = "tools/atlassian-password";
      return decodeStoredPassword({ value: password, decoder, source, key: passwordKey, install, toolDirectory });
    },
  };
}

interface Connection {
  /** Empty where the place names none. */
  url: string;
  user: string | undefined;
  password: string | undefined;
  decoder: string | undefined;
  source: string;
}

function inFile({ path, properties }: BitbucketProperties): Connection {
  return {
    url: properties.get("jdbc.url")?.trim() ?? "",
    user: properties.get("jdbc.user")?.trim(),
    password: properties.get("jdbc.password"),
    decoder: properties.get("jdbc.password.decrypter.classname")?.trim(),
    source: path,
  };
}

function inEnvironment({ variables, source }: BitbucketDatabaseOptions["environments"][number]): Connection {
  return {
    url: variables.get("JDBC_URL")?.trim() ?? "",
    user: variables.get("JDBC_USER"),
    password: variables.get("JDBC_PASSWORD"),
    decoder: variables.get("JDBC_PASSWORD_DECRYPTER_CLASSNAME"),
    source,
  };
}
