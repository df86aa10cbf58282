import { OperationError } from "@catapullt/core/errors";
import { findExecutable } from "@catapullt/core/process/find-executable";
import { missingToolHint } from "../container/failures.ts";
import { findInContainer } from "../container/find-programs.ts";
import type { DatabaseContext } from "../engine.ts";
import {
  adaptEnvironment,
  askForVersion,
  type DatabaseProgram,
  type FoundProgram,
  type ToolEnvironment,
} from "../program.ts";
import { type Flavour, type Product, parseToolVersion } from "./product.ts";

export interface Tool extends Product, DatabaseProgram {
  /** Base name and version, such as `mariadb-dump 10.11.19-MariaDB`. */
  title: string;
}

export type ToolPurpose = "dump" | "client";

const programNames = {
  dump: { mariadb: "mariadb-dump", mysql: "mysqldump" },
  client: { mariadb: "mariadb", mysql: "mysql" },
} as const;

/** MySQL's read `~/.mylogin.cnf` even when told to read one option file only, unless the variable names another one. */
const environment: ToolEnvironment = {
  without: ["MYSQL_", "MARIADB_", "LIBMYSQL_", "LIBMARIADB_"],
  set: { MYSQL_TEST_LOGIN_FILE: "/nonexistent" },
};

/**
 * The installed program of the wanted flavour, else the other one. Either may be the other in disguise (on Debian
 * `mysqldump` is mariadb-dump), so each is asked for its version.
 */
export async function findTool(purpose: ToolPurpose, wanted: Flavour, context: DatabaseContext): Promise<Tool> {
  const names = programNames[purpose];
  const others: Tool[] = [];
  const unusable: string[] = [];
  for await (const found of candidates([names[wanted], names[wanted === "mariadb" ? "mysql" : "mariadb"]], context)) {
    const tool = examine(found);
    if (tool?.flavour === wanted) return tool;
    if (tool === undefined) unusable.push(found.path);
    else others.unshift(tool); // what has the other flavour's name comes last and is no disguise
  }
  const [other] = others;
  if (other !== undefined) return other;
  const { container } = context;
  const place = container === undefined ? "" : ` in container ${container.name}`;
  throw new OperationError(
    "tool-missing",
    unusable.length === 0
      ? `neither ${names.mariadb} nor ${names.mysql} is installed${place}`
      : `${unusable.join(" and ")} cannot be used${place}: the answer to --version is not one of MariaDB's or MySQL's`,
    { hint: container === undefined ? installHint : missingToolHint },
  );
}

const installHint = "run: apt-get install mariadb-client (or default-mysql-client), or put the tools on PATH";
async function* candidates(names: readonly string[], context: DatabaseContext): AsyncGenerator<FoundProgram> {
  if (context.container !== undefined) {
    yield* await findInContainer(context.container, { names, environment }, context);
    return;
  }
  for (const name of names) {
    const path = await findExecutable([name], context.environment.PATH ?? "");
    const { signal } = context;
    if (path !== undefined)
      yield askForVersion(name, path, { environment: toolEnvironment(context.environment), signal });
  }
}

function examine({ name, answer, ...program }: FoundProgram): Tool | undefined {
  const product = parseToolVersion(answer);
  return product === undefined ? undefined : { ...product, ...program, title: `${name} ${product.text}` };
}

/** The environment without what would change where the tools connect, and as whom. */
export function toolEnvironment(all: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return adaptEnvironment(all, environment);
}
