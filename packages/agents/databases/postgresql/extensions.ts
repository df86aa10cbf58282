import { OperationError } from "@catapullt/core/errors";
import type { TargetRequest } from "../engine.ts";
import { enumerate } from "../enumerate.ts";
import { extensionName } from "./restored-objects.ts";
import type { ServerAccess } from "./server-access.ts";

// From 13 on some can be created by whoever may create in the database.
const availableQuery = `SELECT e.name, NOT v.superuser OR COALESCE((to_jsonb(v)->>'trusted')::boolean, false)
FROM pg_available_extensions e JOIN pg_available_extension_versions v ON v.name = e.name AND v.version = e.default_version`;

/** Throws `restore-refused` where the server has not got an extension of the dump, or the user may not create it. */
export async function requireExtensions(
  { recorded }: TargetRequest,
  { ask, isSuperuser, release, user }: ServerAccess,
  present: ReadonlySet<string>,
): Promise<void> {
  const wanted = (recorded.extensions ?? []).map(extensionName).filter((name) => !present.has(name));
  if (wanted.length === 0) return;
  const available = new Map((await ask(availableQuery)).map(([name, isTrusted]) => [name, isTrusted === "t"]));
  const missing = wanted.filter((name) => !available.has(name));
  if (missing.length > 0) {
    throw new OperationError("restore-refused", `the server lacks extensions of the dump: ${enumerate(missing)}`, {
      hint: `install the packages that bring them on the server's host: apt-get install postgresql-${release} brings the usual ones, for others see apt-cache search postgresql-${release}`,
    });
  }
  const closed = wanted.filter((name) => available.get(name) === false);
  if (closed.length === 0 || isSuperuser) return;
  throw new OperationError(
    "database-privileges",
    `${user} may not create extensions of the dump: ${enumerate(closed)}`,
    { hint: "only a superuser may: set `user` to one for the restore (as root through the socket: postgres)" },
  );
}
