import { OperationError } from "@catapullt/core/errors";
import { findExecutable } from "@catapullt/core/process/find-executable";
import { run } from "@catapullt/core/process/run";
import type { DatabaseContext } from "../engine.ts";
import { type Flavour, type Product, parseToolVersion } from "./product.ts";

export interface Tool extends Product {
  path: string;
  /** Base name and version, such as `mariadb-dump 10.11.19-MariaDB`. */
  title: string;
}

export type ToolPurpose = "dump" | "client";

const programNames = {
  dump: { mariadb: "mariadb-dump", mysql: "mysqldump" },
  client: { mariadb: "mariadb", mysql: "mysql" },
} as const;

/**
 * The installed program of the wanted flavour, else the other one. Either may be the other in disguise (on Debian
 * `mysqldump` is mariadb-dump), so each is asked for its version.
 */
export async function findTool(purpose: ToolPurpose, wanted: Flavour, context: DatabaseContext): Promise<Tool> {
  const names = programNames[purpose];
  const others: Tool[] = [];
  const unusable: string[] = [];
  for (const name of [names[wanted], names[wanted === "mariadb" ? "mysql" : "mariadb"]]) {
    const path = await findExecutable([name], context.environment.PATH ?? "");
    if (path === undefined) continue;
    const tool = await examine(path, name, context);
    if (tool?.flavour === wanted) return tool;
    if (tool === undefined) unusable.push(path);
    else others.unshift(tool); // what has the other flavour's name comes last and is no disguise
  }
  const [other] = others;
  if (other !== undefined) return other;
  throw new OperationError(
    "tool-missing",
    unusable.length === 0
      ? `neither ${names.mariadb} nor ${names.mysql} is installed`
      : `${unusable.join(" and ")} cannot be used: the answer to --version is not one of MariaDB's or MySQL's`,
    { hint: "run: apt-get install mariadb-client (or default-mysql-client), or put the tools on PATH" },
  );
}

async function examine(path: string, name: string, context: DatabaseContext): Promise<Tool | undefined> {
  const { output } = await run(path, ["--version"], {
    environment: toolEnvironment(context.environment),
    signal: context.signal,
    timeout: 30_000,
  });
  context.signal.throwIfAborted();
  const product = parseToolVersion(output.toString());
  return product === undefined ? undefined : { ...product, path, title: `${name} ${product.text}` };
}

/**
 * The environment without what would change where the tools connect, and as whom. MySQL's read `~/.mylogin.cnf` even
 * when told to read one option file only, unless this variable names another one.
 */
export function toolEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !/^(MYSQL|MARIADB|LIBMYSQL|LIBMARIADB)_/.test(name));
  return { ...Object.fromEntries(kept), MYSQL_TEST_LOGIN_FILE: "/nonexistent" };
}
