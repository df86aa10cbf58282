import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startGuardedServer } from "@catapullt/core/process/guard";
import type { DatabaseContext, DatabaseSettings, ThrowawayRequest, ThrowawayServer } from "../engine.ts";
import { findServerAccount } from "../server-account.ts";
import { throwawayLimits, waitForThrowaway } from "../throwaway-start.ts";
import { connectToServer } from "./client.ts";
import { isAtLeast, parseServerVersion } from "./product.ts";
import { findServer, type ServerPrograms } from "./server-programs.ts";
import { toolEnvironment } from "./tools.ts";

/** Starts a MariaDB or MySQL server for a drill; see `DatabaseEngine.startThrowaway`. */
export async function startThrowaway(
  { directory, databases }: ThrowawayRequest,
  context: DatabaseContext,
): Promise<ThrowawayServer> {
  const recorded = parseServerVersion(databases[0]?.serverVersion ?? "");
  const programs = await findServer(recorded?.flavour ?? "mariadb", context);
  if (recorded !== undefined && recorded.flavour !== programs.product.flavour) {
    context.warn(
      `the dump is of ${recorded.text}, and no such server is installed here: it is loaded into ${programs.product.text}, which proves less`,
    );
  }
  const account = await findServerAccount("mysql", directory);
  await mkdir(join(directory, "files"));
  await mkdir(temporaryIn(directory));
  if (account !== undefined) await chown(temporaryIn(directory), account.uid, account.gid);
  const log = join(directory, "server.log");
  const guard = startGuardedServer({
    prepare: initializationCommand(programs, directory),
    command: serverCommand(programs, directory),
    log,
    environment: toolEnvironment(context.environment),
    account,
    limits: throwawayLimits,
  });
  const settings = (name: string): DatabaseSettings => ({
    engine: programs.product.flavour,
    name,
    socket: socketIn(directory),
    user: "root",
    skip: [],
  });
  try {
    const ask = await connectToServer(settings("mysql"), context);
    await waitForThrowaway({ guard, log, ask: () => ask("SELECT 1"), lost: /\[ERROR\].*Aborting/ }, context.signal);
  } catch (error) {
    await guard.end();
    throw error;
  }
  return {
    title: programs.title,
    settings: ({ name }) => settings(name),
    definer: "strip",
    stop: guard.end,
    process: { ended: guard.ended, log },
  };
}

/** The command that makes an empty data directory with an account `root` that needs no password. */
export function initializationCommand({ product, server, install }: ServerPrograms, directory: string): string[] {
  if (product.flavour === "mysql") return [server, ...everywhere(directory), "--initialize-insecure"];
  return [install ?? "mariadb-install-db", ...everywhere(directory), "--auth-root-authentication-method=normal"];
}

/** A server that only the socket leads to, which neither waits for the disk nor runs events of its own accord. */
export function serverCommand({ product, server }: ServerPrograms, directory: string): string[] {
  return [
    server,
    ...everywhere(directory),
    `--socket=${socketIn(directory)}`,
    `--pid-file=${join(directory, "server.pid")}`,
    "--skip-networking",
    "--skip-name-resolve",
    "--skip-log-bin",
    ...(product.flavour === "mysql" && isAtLeast(product, 8) ? ["--mysqlx=OFF"] : []),
    "--event-scheduler=OFF",
    "--local-infile=OFF",
    `--secure-file-priv=${join(directory, "files")}`,
    "--max-connections=20",
    "--max-allowed-packet=1G",
    "--key-buffer-size=16M",
    "--log-bin-trust-function-creators=ON",
  ];
}

function everywhere(directory: string): string[] {
  return [
    "--no-defaults",
    `--datadir=${join(directory, "data")}`,
    // Of its own: a server that starts removes what looks like temporary tables, those of this host's other servers too.
    `--tmpdir=${temporaryIn(directory)}`,
    "--performance-schema=OFF",
    "--innodb-buffer-pool-size=256M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=OFF",
    "--innodb-flush-method=nosync",
  ];
}

function temporaryIn(directory: string): string {
  return join(directory, "temporary");
}

function socketIn(directory: string): string {
  return join(directory, "s");
}
