import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OperationError } from "@catapullt/core/errors";
import { describeOutcome, run } from "@catapullt/core/process/run";
import { formatCommandLine } from "@catapullt/core/shell-words";
import { toBoolean } from "../configuration-files/php/value.ts";
import type { Consistency, ConsistencyContext, LocateRequest } from "../type.ts";
import { readNextcloudConfig } from "./nextcloud-config.ts";
import type { NextcloudDirectories } from "./nextcloud-directories.ts";

const usualTimeout = 5 * 60_000;
const programs = ["php", "/usr/bin/php", "/usr/local/bin/php"];

type Places = Pick<NextcloudDirectories, "home" | "configFile">;

/** The way to bring a Nextcloud to rest, where the configuration wants that; otherwise what is missed without it. */
export async function nextcloudMaintenance(
  request: LocateRequest,
  places: Places,
): Promise<{ consistency: Consistency | undefined; warnings: string[] }> {
  const { name, settings, host } = request;
  const key = `applications.${name}.maintenance`;
  if (settings.maintenance?.enabled === false) return { consistency: undefined, warnings: [] };
  if (settings.maintenance === undefined) {
    const warning = `${name} is saved while it is in use, so that files and database may not fit each other: the vendor demands maintenance mode, which \`${key}: {}\` switches on and off; \`${key}: { enabled: false }\` says nothing more of it`;
    return { consistency: undefined, warnings: [warning] };
  }
  const php = await host.findProgram(programs);
  if (php !== undefined) return { consistency: maintenanceMode(request, places, host.locate(php)), warnings: [] };
  throw new OperationError("config-invalid", `${key} is set, and no php was found on PATH with which to run occ`, {
    hint: `where PHP is in a container, set \`applications.${name}.hooks\` to commands that run \`occ maintenance:mode\` there, and \`${key}\` to \`{ enabled: false }\``,
  });
}

/** Maintenance mode of the vendor's own tool, which wants to be run by the owner of config.php. */
function maintenanceMode(request: LocateRequest, places: Places, php: string): Consistency {
  const { host, settings } = request;
  const configFile = host.locate(places.configFile.path);
  const occ = host.locate(join(places.home.path, "occ"));
  const args = (mode: "on" | "off") => [occ, "maintenance:mode", `--${mode}`, "--no-interaction", "--no-ansi"];

  // Not all of the agent's own, which may hold passwords.
  const variables = ({ PATH, LANG }: NodeJS.ProcessEnv) => ({ PATH, LANG, NEXTCLOUD_CONFIG_DIR: dirname(configFile) });

  async function switchMode(mode: "on" | "off", { environment, signal }: ConsistencyContext): Promise<void> {
    const { uid, gid } = await stat(configFile);
    const isOther = process.getuid?.() !== uid;
    const finished = await run(php, args(mode), {
      environment: variables(environment),
      directory: dirname(occ),
      timeout: settings.maintenance?.timeout ?? usualTimeout,
      signal,
      ...(isOther ? { user: { uid, gid } } : {}),
    });
    if (finished.exitCode === 0) return;
    const said = `${finished.output.toString("utf8")}\n${finished.errorOutput}`
      .trim()
      .split("\n")
      .slice(0, 5)
      .join("\n");
    throw new OperationError(
      "consistency-failed",
      `occ could not switch maintenance mode ${mode} (${describeOutcome(finished)})${said === "" ? "" : `: ${said}`}`,
      { hint: `run the agent as root, or as the owner of ${configFile}; try it by hand: ${byHand(mode, uid)}` },
    );
  }

  function byHand(mode: "on" | "off", uid?: number): string {
    const as = uid === undefined ? [] : ["sudo", "-u", `#${uid}`];
    return formatCommandLine([...as, php, ...args(mode).slice(0, 3)]);
  }

  return {
    title: "maintenance mode",
    async begin(context) {
      const config = await readNextcloudConfig(request, { home: places.home.path, path: places.configFile.path });
      if (toBoolean(config.value("maintenance") ?? false) === true) {
        throw new OperationError("consistency-failed", `${configFile} has maintenance mode on already`, {
          hint: `back up once the update or the work that needs it is over; if nothing does: ${byHand("off", (await stat(configFile)).uid)}`,
        });
      }
      const { uid } = await stat(configFile);
      await context.record(String(uid));
      await switchMode("on", context);
    },
    end: (_, context) => switchMode("off", context),
    byHand: (token) => byHand("off", Number(token)),
  };
}
