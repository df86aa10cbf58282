import { join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { startGuardedServer } from "@catapullt/core/process/guard";
import type { DatabaseContext, DatabaseSettings, ThrowawayRequest, ThrowawayServer } from "../engine.ts";
import { findServerAccount } from "../server-account.ts";
import { throwawayLimits, waitForThrowaway } from "../throwaway-start.ts";
import { execute } from "./client.ts";
import { createMissingRoles } from "./roles.ts";
import { findServer, type ServerPrograms } from "./server-programs.ts";
import { toolEnvironment } from "./tools.ts";

const administrator = "postgres";
const port = 5432;
const lost = /^\S.*FATAL: {2}(?!the database system is starting)/m;
// The kernel allows 107.
const longestSocket = 100;

/** Starts a PostgreSQL server for a drill; see `DatabaseEngine.startThrowaway`. */
export async function startThrowaway(
  { directory, databases }: ThrowawayRequest,
  context: DatabaseContext,
): Promise<ThrowawayServer> {
  requireShortSocket(directory);
  const programs = await findServer(databases, context);
  const account = await findServerAccount(administrator, directory);
  const log = join(directory, "server.log");
  const guard = startGuardedServer({
    prepare: initializationCommand(programs, directory),
    command: serverCommand(programs, directory),
    account,
    log,
    // Ends its processes too, which after a KILL of the first would go on until they notice.
    endSignal: "QUIT",
    environment: toolEnvironment(context.environment),
    limits: throwawayLimits,
  });
  const settings = (name: string): DatabaseSettings => ({
    engine: "postgresql",
    name,
    socket: directory,
    port,
    user: administrator,
    skip: [],
  });
  try {
    const roles = [...new Set(databases.flatMap((database) => database.roles ?? []))];
    const ask = () => execute(settings("postgres"), ["SELECT"], { context });
    await waitForThrowaway({ guard, log, ask, lost }, context.signal);
    if (roles.length > 0) await execute(settings("postgres"), [createMissingRoles(roles)], { context });
  } catch (error) {
    await guard.end();
    context.signal.throwIfAborted();
    throw error;
  }
  return {
    title: programs.title,
    settings: ({ name }) => settings(name),
    definer: "keep",
    stop: guard.end,
    process: { ended: guard.ended, log },
  };
}

function requireShortSocket(directory: string): void {
  const socket = join(directory, `.s.PGSQL.${port}`);
  if (Buffer.byteLength(socket) <= longestSocket) return;
  throw new OperationError("drill-failed", `the path of the throwaway server's socket is too long: ${socket}`, {
    hint: "let the drill work in a directory with a shorter path",
  });
}

function initializationCommand({ initialize }: ServerPrograms, directory: string): string[] {
  return [
    initialize,
    `--pgdata=${join(directory, "data")}`,
    `--username=${administrator}`,
    "--encoding=UTF8",
    "--locale=C",
    "--auth=trust",
    "--no-sync",
  ];
}

/** A server that only the socket leads to, which neither waits for the disk nor runs anything of its own accord. */
function serverCommand({ server }: ServerPrograms, directory: string): string[] {
  const settings = {
    listen_addresses: "",
    port,
    unix_socket_directories: directory.replaceAll(",", "\\,"),
    max_connections: 20,
    // For those of thousands of tables that are counted at once.
    max_locks_per_transaction: 1024,
    shared_buffers: "64MB",
    maintenance_work_mem: "128MB",
    dynamic_shared_memory_type: "mmap",
    fsync: "off",
    full_page_writes: "off",
    synchronous_commit: "off",
    wal_level: "minimal",
    max_wal_senders: 0,
    autovacuum: "off",
    jit: "off",
    lc_messages: "C",
    logging_collector: "off",
  };
  return [
    server,
    "-D",
    join(directory, "data"),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}
