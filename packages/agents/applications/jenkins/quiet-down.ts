import { setTimeout as delay } from "node:timers/promises";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import { formatCommandLine } from "@catapullt/core/shell-words";
import { maintenanceKey, readMaintenanceAccount } from "../maintenance/account.ts";
import { isRefusal, type RestServer } from "../maintenance/rest-client.ts";
import type { Consistency, LocateRequest } from "../type.ts";
import { createJenkinsClient, type JenkinsClient } from "./jenkins-client.ts";

/** What is kept while a Jenkins is quiet. */
type QuietRecord = "asked" | "refused";

const usualTimeout = 5 * 60_000;
const pollPause = 500;
const cancelAttempts = 4;
const cancelPause = 2_000;

export interface QuietDownOptions {
  usualUrl: string;
  isRunning: boolean;
}

/** The way to keep a Jenkins from building, where the configuration says who may do so; otherwise what is missed without it. */
export async function quietDown(
  request: LocateRequest,
  { usualUrl, isRunning }: QuietDownOptions,
): Promise<{ consistency: Consistency | undefined; warnings: string[] }> {
  const { name, settings } = request;
  const { maintenance } = settings;
  if (maintenance?.enabled === false) return { consistency: undefined, warnings: [] };
  if (maintenance === undefined) {
    const warning = `${name} is running: builds that run during the backup are saved half-written; set \`${maintenanceKey(name)}\` to the user and API token of an administrator, or to \`{ enabled: false }\` to say nothing more of it`;
    return { consistency: undefined, warnings: isRunning ? [warning] : [] };
  }
  const server = await readMaintenanceAccount(request, maintenance, {
    title: "Jenkins",
    usualUrl,
    secret: "API token",
  });
  return { consistency: waitForBuilds(server, maintenance.timeout ?? usualTimeout), warnings: [] };
}

/** Lets no new build begin, waits for those that run, and lets builds begin again. */
function waitForBuilds(server: RestServer, timeout: number): Consistency {
  return {
    title: "quiet mode",
    async begin({ record: write, signal, log }) {
      const client = createJenkinsClient(server, signal);
      const record = (state: QuietRecord) => write(state);
      // Where an administrator has done it, it stays so afterwards.
      if (await client.isQuiet()) log.info("Jenkins is in quiet mode already, and stays so");
      else await enter(client, record);
      log.info("Jenkins begins no build; waiting for those that run");
      const limit = performance.now() + timeout;
      for (;;) {
        const builds = await client.countBuilds();
        if (builds === 0) return;
        if (performance.now() > limit) throw stillBuilding(server, builds);
        await delay(pollPause, undefined, { signal });
      }
    },
    async end(token, { signal, log }) {
      if (token === ("refused" satisfies QuietRecord)) return;
      const client = createJenkinsClient(server, signal);
      for (let attempt = 1; ; attempt += 1) {
        try {
          await client.cancelQuietDown();
          return;
        } catch (error) {
          // A restart, or an administrator, may have ended it before.
          if ((await client.isQuiet().catch(() => undefined)) === false) return;
          if (attempt === cancelAttempts) throw error;
          log.debug(errorMessage(error));
          await delay(cancelPause, undefined, { signal });
        }
      }
    },
    byHand: () =>
      formatCommandLine(["curl", "--user", server.user, "--request", "POST", `${server.url}/cancelQuietDown`]),
  };
}

async function enter(client: JenkinsClient, record: (state: QuietRecord) => Promise<void>): Promise<void> {
  await record("asked");
  await client.quietDown().catch(async (error: unknown) => {
    if (isRefusal(error)) await record("refused");
    throw error;
  });
}

function stillBuilding({ key }: RestServer, builds: number): OperationError {
  const what = builds === 1 ? "1 build" : `${builds} builds`;
  return new OperationError("consistency-failed", `Jenkins did not come to rest in time: ${what} still running`, {
    hint: `back up at another hour, raise \`${key}.timeout\`, or set \`${key}: { enabled: false }\`: what runs is then saved half-written`,
  });
}
