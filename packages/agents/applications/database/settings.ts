import { readSecret } from "@catapullt/core/config/secret";
import { OperationError } from "@catapullt/core/errors";
import { rememberSecret } from "@catapullt/core/log/redaction";
import { findExecutable } from "@catapullt/core/process/find-executable";
import type { DatabaseOverrides } from "../../config/application-schema.ts";
import {
  type ContainerAddress,
  containerRuntimes,
  type DatabaseSettings,
  type EngineName,
} from "../../databases/engine.ts";
import { isDumpable } from "../../databases/registry.ts";

/** The database as an application's own configuration describes it. */
export interface FoundDatabase {
  /** The kind as the application names it, which need not be one that can be dumped. */
  kind: string;
  name: string | undefined;
  host?: string | undefined;
  port?: number | undefined;
  socket?: string | undefined;
  user?: string | undefined;
  file?: string | undefined;
  /** Why `host` cannot be connected to, where that is known. */
  hostProblem?: string | undefined;
  tls?: DatabaseSettings["tls"];
  /** Decodes the password, or throws `password-unavailable`; not called where the configuration gives one. */
  password?: (() => string | undefined) | undefined;
  /** The file that says so. */
  source: string;
  /** What to do where it cannot be dumped, if the application has a way of its own. */
  remedy?: string | undefined;
}

export interface DatabaseRequest {
  /** The application's name, for messages. */
  application: string;
  /** The application type's title, for messages. */
  title: string;
  given: DatabaseOverrides | undefined;
  environment: NodeJS.ProcessEnv;
}

/**
 * Joins what was found with what the agent's configuration says; the latter wins key by key. Throws
 * `database-unsupported`, `application-unreadable` (no name) and `password-unavailable`.
 */
export async function resolveDatabase(
  findDatabase: (() => Promise<FoundDatabase>) | undefined,
  request: DatabaseRequest,
): Promise<DatabaseSettings> {
  const { application, given, environment } = request;
  const found = isComplete(given) ? undefined : await findDatabase?.();
  const source = found?.source ?? `applications.${application}`;
  const engine = requireDumpable(given?.engine ?? found?.kind ?? "", { ...request, source, remedy: found?.remedy });
  const name = given?.name ?? found?.name ?? baseName(given?.file ?? found?.file);
  if (name === undefined) {
    throw new OperationError("application-unreadable", `${source} names no database`, {
      hint: `set \`applications.${application}.database.name\` in the agent's configuration`,
    });
  }
  if (engine === "sqlite" && given?.container !== undefined) throw fileInContainer(source, request);
  if (engine === "sqlite") return { engine, name, file: given?.file ?? found?.file, skip: given?.skip ?? [] };
  const isElsewhere = [given?.host, given?.socket, given?.container].some((value) => value !== undefined);
  if (found?.hostProblem !== undefined && !isElsewhere) {
    throw new OperationError("application-unreadable", `${source}: ${found.hostProblem}`, {
      hint: `set \`applications.${application}.database.host\` in the agent's configuration`,
    });
  }
  const password = given?.password === undefined ? found?.password?.() : await readSecret(given.password, environment);
  if (password !== undefined) rememberSecret(password);
  return {
    engine,
    name,
    ...(await place(found, given, environment)),
    user: given?.user ?? found?.user,
    password,
    skip: given?.skip ?? [],
  };
}

type Place = Pick<DatabaseSettings, "host" | "port" | "socket" | "tls" | "container">;

// How the application reaches its server means nothing inside the server's own container.
async function place(
  found: FoundDatabase | undefined,
  given: DatabaseOverrides | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Place> {
  if (given?.container === undefined) return { ...address(found, given), tls: given?.tls ?? found?.tls };
  const runtime = given.containerRuntime ?? (await findRuntime(environment));
  return { ...address(undefined, given), tls: given.tls, container: { name: given.container, runtime } };
}

async function findRuntime({ PATH = "" }: NodeJS.ProcessEnv): Promise<ContainerAddress["runtime"]> {
  for (const name of containerRuntimes) if ((await findExecutable([name], PATH)) !== undefined) return name;
  return containerRuntimes[0];
}

// A socket that is given takes the place of the host that was found, and the other way round. PostgreSQL's sockets are
// known by a port too.
function address(
  found: FoundDatabase | undefined,
  given: DatabaseOverrides | undefined,
): Pick<DatabaseSettings, "host" | "port" | "socket"> {
  if (given?.socket !== undefined) return { socket: given.socket, port: given.port };
  const socket = given?.host === undefined ? found?.socket : undefined;
  return { host: given?.host ?? found?.host, port: given?.port ?? found?.port, socket };
}

function isComplete(given: DatabaseOverrides | undefined): boolean {
  if (given?.engine === "sqlite") return given.file !== undefined;
  return [given?.engine, given?.name, given?.user, given?.password].every((value) => value !== undefined);
}

function baseName(file: string | undefined): string | undefined {
  return file?.replace(/^.*\//, "").replace(/\.(?:db|sqlite3?)$/, "");
}

function fileInContainer(source: string, { application }: DatabaseRequest): OperationError {
  return new OperationError(
    "database-unsupported",
    `${source}: a SQLite database is a file and not reached in a container`,
    {
      hint: `remove \`applications.${application}.database.container\`; set \`file\` to the path that the file has on this host`,
    },
  );
}

const embeddedKinds = ["h2", "hsqldb", "derby", "orientdb"];

function requireDumpable(
  kind: string,
  { application, title, source, remedy }: DatabaseRequest & Pick<FoundDatabase, "source" | "remedy">,
): EngineName {
  if (isDumpable(kind)) return kind;
  if (embeddedKinds.includes(kind)) {
    throw new OperationError(
      "database-unsupported",
      `${title} uses its built-in ${kind} database (${source}), whose files cannot be copied while it runs`,
      {
        hint:
          remedy ??
          `move ${title} to a database server (the vendor supports ${kind} for evaluation only), or save its directories with an application of type generic whose hooks stop and start it`,
      },
    );
  }
  throw new OperationError("database-unsupported", `a ${kind} database (${source}) cannot be dumped by this release`, {
    hint: `make ${application} an application of type generic that dumps it with the server's own tool in \`hooks.before\` and saves the dump with \`paths\``,
  });
}
