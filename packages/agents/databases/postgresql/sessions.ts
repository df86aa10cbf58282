import { OperationError } from "@catapullt/core/errors";
import { enumerate } from "../enumerate.ts";
import type { Ask } from "./client.ts";
import { quoteLiteral } from "./quoting.ts";

// What others do is hidden from most users, but not who they are. The server ends its own autovacuum for a change of the name.
const sessionsQuery = `SELECT format('%s%s%s (pid %s)', COALESCE(usename, backend_type, 'somebody'), ' with ' || NULLIF(application_name, ''), ' from ' || host(client_addr), pid)
FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND COALESCE(backend_type, '') <> 'autovacuum worker' AND datname = `;

/** Who is connected to a database: it cannot be renamed then. */
export async function listSessions(ask: Ask, database: string): Promise<string[]> {
  return (await ask(`${sessionsQuery}${quoteLiteral(database)} ORDER BY pid`)).map(([session]) => session ?? "");
}

/** The error for a database that is in use, with how to stop that. */
export function inUse(title: string, sessions: readonly string[], database: string): OperationError {
  const who =
    sessions.length === 0 ? "another session" : `${sessions.length} session${sessions.length === 1 ? "" : "s"}`;
  return new OperationError(
    "restore-refused",
    `${title} is in use by ${who}${sessions.length === 0 ? "" : `: ${enumerate(sessions)}`}`,
    {
      hint: [
        "it cannot be renamed then: stop the application, and what else is connected (pgbouncer, psql). Sessions that stay are ended",
        `by a superuser with: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${quoteLiteral(database)};`,
      ].join("\n"),
    },
  );
}
