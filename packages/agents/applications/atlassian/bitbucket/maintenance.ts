import { setTimeout as delay } from "node:timers/promises";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import { formatCommandLine } from "@catapullt/core/shell-words";
import { maintenanceKey, readMaintenanceAccount } from "../../maintenance/account.ts";
import { isRefusal, type RestAnswer, type RestServer } from "../../maintenance/rest-client.ts";
import type { Consistency, LocateRequest } from "../../type.ts";
import { createBitbucketClient } from "./maintenance-client.ts";

/** What is kept while a Bitbucket is locked. */
type LockRecord =
  /** The lock was asked for, and the answer with its token is not there. */
  | { lock: "asked" }
  /** It was refused, or never reached Bitbucket. */
  | { lock: "refused" }
  | { lock: "held"; unlockToken: string; cancelToken?: string | undefined };

const usualTimeout = 5 * 60_000;
const pollPause = 500;
const unlockAttempts = 4;
const unlockPause = 2_000;

/** The way to bring a Bitbucket to rest, where the configuration says who may do so; otherwise what is missed without it. */
export async function bitbucketMaintenance(
  request: LocateRequest,
  usualUrl: string,
): Promise<{ consistency: Consistency | undefined; warnings: string[] }> {
  const { name, settings } = request;
  const { maintenance } = settings;
  if (maintenance?.enabled === false) return { consistency: undefined, warnings: [] };
  if (maintenance === undefined) {
    const warning = `${name} is saved while it runs, so that a push during the backup can leave repositories that do not fit the database: set \`${maintenanceKey(name)}\` to the user and password of an administrator, or to \`{ enabled: false }\` to say nothing more of it`;
    return { consistency: undefined, warnings: [warning] };
  }
  const server = await readMaintenanceAccount(request, maintenance, {
    title: "Bitbucket",
    usualUrl,
    secret: "password",
  });
  return { consistency: lockAndDrain(server, maintenance.timeout ?? usualTimeout), warnings: [] };
}

/**
 * Locks Bitbucket, lets it finish what it does with database and repositories, and unlocks it: the steps of the vendor's
 * own backup scripts.
 */
function lockAndDrain(account: RestServer, timeout: number): Consistency {
  return {
    title: "maintenance mode",
    async begin({ record: write, signal, log }) {
      const client = createBitbucketClient(account, signal);
      const record = (state: LockRecord) => write(JSON.stringify(state));
      await record({ lock: "asked" });
      const locked = await client.send("POST", "/mvc/maintenance/lock").catch(async (error: unknown) => {
        if (isRefusal(error)) await record({ lock: "refused" });
        throw error;
      });
      const unlockToken = textIn(locked, "unlockToken");
      await record({ lock: "held", unlockToken });
      const maintenanceToken = { "x-atlassian-maintenance-token": unlockToken };
      const started = await client.send("POST", "/mvc/admin/backups?external=true", maintenanceToken);
      await record({ lock: "held", unlockToken, cancelToken: textIn(started, "cancelToken") });
      log.info("Bitbucket is locked; waiting until it has finished what it does");
      const limit = performance.now() + timeout;
      for (;;) {
        const state = readDrainState(await client.send("GET", "/mvc/maintenance", maintenanceToken));
        if (state.task !== "RUNNING") {
          throw failed(account, `Bitbucket ended its part of the backup (${state.task}) before it was at rest`);
        }
        if (state.database === "DRAINED" && state.repositories === "DRAINED") return;
        if (performance.now() > limit) {
          throw failed(
            account,
            `Bitbucket did not come to rest in time: its database is ${state.database}, its repositories are ${state.repositories}`,
            `long pushes, clones and imports keep it busy: back up at another hour, or raise \`${account.key}.timeout\``,
          );
        }
        await delay(pollPause, undefined, { signal });
      }
    },
    async end(token, { signal, log, succeeded }) {
      const client = createBitbucketClient(account, signal);
      const state = JSON.parse(token) as LockRecord;
      if (state.lock === "refused") return;
      if (state.lock === "asked") {
        if ((await client.state()) !== "MAINTENANCE") return;
        throw failed(account, "it is locked, and the answer with the token that unlocks it was lost");
      }
      const { unlockToken, cancelToken } = state;
      if (cancelToken !== undefined) {
        const [method, path] =
          succeeded === true
            ? ([
                "POST",
                `/mvc/admin/backups/progress/client?token=${encodeURIComponent(unlockToken)}&percentage=100`,
              ] as const)
            : (["DELETE", `/mvc/admin/backups/${encodeURIComponent(cancelToken)}`] as const);
        // Unlocking matters more, and ends the backup too.
        await client.send(method, path).catch((error: unknown) => log.debug(errorMessage(error)));
      }
      for (let attempt = 1; ; attempt += 1) {
        try {
          await client.send("DELETE", unlockPath(unlockToken));
          return;
        } catch (error) {
          // A restart, or an administrator, may have unlocked it before.
          if ((await client.state().catch(() => undefined)) === "RUNNING") return;
          if (attempt === unlockAttempts) throw error;
          log.debug(errorMessage(error));
          await delay(unlockPause, undefined, { signal });
        }
      }
    },
    byHand(token) {
      const state = JSON.parse(token) as LockRecord;
      if (state.lock !== "held") return "restart Bitbucket, whose lock does not outlive that";
      const { url, user } = account;
      return formatCommandLine([
        "curl",
        "--user",
        user,
        "--request",
        "DELETE",
        `${url}${unlockPath(state.unlockToken)}`,
      ]);
    },
  };

  function textIn({ body, path }: RestAnswer, name: string): string {
    const value = body[name];
    if (typeof value === "string" && value !== "") return value;
    throw failed(account, `the answer of Bitbucket to ${path} has no ${name}`);
  }
}

function unlockPath(unlockToken: string): string {
  return `/mvc/maintenance/lock?token=${encodeURIComponent(unlockToken)}`;
}

function readDrainState({ body }: RestAnswer): { task: string; database: string; repositories: string } {
  const { task } = body;
  const state = typeof task === "object" && task !== null && "state" in task ? task.state : undefined;
  return {
    task: String(state ?? "unknown"),
    database: String(body["db-state"] ?? "unknown"),
    repositories: String(body["scm-state"] ?? "unknown"),
  };
}

function failed({ key }: RestServer, message: string, hint?: string): OperationError {
  return new OperationError("consistency-failed", message, {
    hint:
      hint ?? `look at Bitbucket's own log; \`${key}: { enabled: false }\` makes the backup without maintenance mode`,
  });
}
