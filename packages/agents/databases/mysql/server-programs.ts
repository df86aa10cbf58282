import { delimiter, dirname, join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { findExecutable } from "@catapullt/core/process/find-executable";
import type { DatabaseContext } from "../engine.ts";
import { hostProgram } from "../program.ts";
import { type Flavour, type Product, parseToolVersion } from "./product.ts";
import { toolEnvironment } from "./tools.ts";

export interface ServerPrograms {
  product: Product;
  /** For people: `MariaDB 10.11.19`. */
  title: string;
  server: string;
  /** What makes a data directory; MySQL's server does that itself. */
  install: string | undefined;
}

// Where no PATH of a user's or of cron's leads, with what belongs to the servers there.
const serverDirectories = [
  "/usr/sbin",
  "/usr/bin",
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/libexec",
  "/usr/local/mysql/bin",
];

/** The installed server of this flavour, else the other one. Throws `tool-missing`. */
export async function findServer(wanted: Flavour, context: DatabaseContext): Promise<ServerPrograms> {
  const searchPath = [context.environment.PATH ?? "", ...serverDirectories].join(delimiter);
  const found: ServerPrograms[] = [];
  for (const name of ["mariadbd", "mysqld"]) {
    const server = await findExecutable([name], searchPath);
    if (server === undefined) continue;
    const product = await readVersion(server, context);
    if (product === undefined) continue;
    const install =
      product.flavour === "mysql"
        ? undefined
        : await findExecutable(
            ["mariadb-install-db", "mysql_install_db", join(dirname(server), "../scripts/mariadb-install-db")],
            searchPath,
          );
    if (product.flavour === "mariadb" && install === undefined) continue;
    found.push({ product, title: titleOf(product), server, install });
  }
  const best = found.find(({ product }) => product.flavour === wanted) ?? found[0];
  if (best !== undefined) return best;
  throw new OperationError("tool-missing", `no ${productNames[wanted]} server is installed on this host`, {
    hint: `run: apt-get install ${wanted === "mariadb" ? "mariadb-server" : "mysql-server"} (its service may stay stopped: systemctl disable --now ${wanted})`,
  });
}

const productNames = { mariadb: "MariaDB", mysql: "MySQL" } as const;

function titleOf({ flavour, version }: Product): string {
  return `${productNames[flavour]} ${version.join(".")}`;
}

async function readVersion(server: string, context: DatabaseContext): Promise<Product | undefined> {
  const program = hostProgram(server, toolEnvironment(context.environment));
  const { output } = await program.run(["--no-defaults", "--version"], { signal: context.signal, timeout: 30_000 });
  context.signal.throwIfAborted();
  return parseToolVersion(output.toString());
}
