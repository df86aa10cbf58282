import { OperationError } from "@catapullt/core/errors";
import { quoteForShell } from "@catapullt/core/shell-words";
import type { DatabaseContext, RestoreTarget, TargetRequest } from "../engine.ts";
import { whereServerRuns } from "../restore-commands.ts";
import { readContent } from "./content.ts";
import { requireExtensions } from "./extensions.ts";
import { describeTarget } from "./failures.ts";
import { beginningBeside, namesBeside } from "./names.ts";
import { choosePlacement, type Placement } from "./placement.ts";
import { quoteLiteral } from "./quoting.ts";
import { parseRecordedRelease } from "./release.ts";
import { decideOwners, type FoundRoles, findRoles, type OwnerDecision } from "./roles.ts";
import { accessServer, type ServerAccess } from "./server-access.ts";
import { inUse, listSessions } from "./sessions.ts";
import { findTool, type Tool } from "./tools.ts";

/** A server and one of its databases, as a restore finds them. */
export interface FoundTarget extends RestoreTarget {
  access: ServerAccess;
  placement: Placement;
  roles: FoundRoles;
  owners: OwnerDecision;
  tool: Tool;
}

/** Looks at the database that a dump would be loaded into; see `DatabaseRestorer.examine`. */
export async function examineTarget(request: TargetRequest, context: DatabaseContext): Promise<FoundTarget> {
  const { settings, recorded, definer, stamp } = request;
  const tool = await findTool("pg_restore", parseRecordedRelease(recorded.dumpTool), context);
  const access = await accessServer(settings, context);
  const title = describeTarget(settings);
  if (access.isStandby) {
    throw new OperationError("restore-refused", `${title}: the server is a standby, which takes no changes`, {
      hint: "restore into its primary server",
    });
  }
  const content = access.existing === undefined ? undefined : await readContent(settings, context);
  const placement = choosePlacement(request, access, content);
  await requireExtensions(request, access, placement.kind === "inside" && content ? content.extensions : builtIn);
  const roles = await findRoles(access.ask, recorded.roles ?? []);
  const owners = decideOwners(definer, roles, access.user);
  if (placement.kind === "beside" && access.existing !== undefined) {
    const sessions = await listSessions(access.ask, settings.name);
    if (sessions.length > 0) throw inUse(title, sessions, settings.name);
  }
  return {
    title,
    content: content?.text,
    keptAs: `renamed to ${namesBeside(settings.name, stamp).kept}`,
    notes: [
      ...releaseNotes(access, recorded.serverVersion),
      ...(owners.note === undefined ? [] : [owners.note]),
      ...(await leftoverNotes(request, access)),
    ],
    access,
    placement,
    roles,
    owners,
    tool,
  };
}

const builtIn: ReadonlySet<string> = new Set(["plpgsql"]);

function releaseNotes({ release, version }: ServerAccess, recordedVersion: string): string[] {
  const recorded = parseRecordedRelease(recordedVersion);
  if (recorded === 0 || recorded === release) return [];
  const servers = `the dump is of PostgreSQL ${recordedVersion}, the server is ${version}`;
  return [release < recorded ? `${servers}: an older one, which may not understand all of it` : servers];
}

// A restore that was killed could not clear away what it had begun.
async function leftoverNotes({ settings, stamp }: TargetRequest, { ask }: ServerAccess): Promise<string[]> {
  const beginning = beginningBeside(settings.name, stamp);
  const rows = await ask(
    `SELECT datname FROM pg_database WHERE starts_with(datname, ${quoteLiteral(beginning)}) AND datname ~ '\\d{8}T\\d{6}Z$' ORDER BY 1`,
  );
  return rows.map(
    ([name]) =>
      `the database ${name} is left of a restore that was killed; it can go: ${whereServerRuns(settings, `dropdb -- ${quoteForShell(name ?? "")}`)}`,
  );
}
