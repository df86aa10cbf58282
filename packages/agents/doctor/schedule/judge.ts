import { parseCron } from "@catapullt/core/schedule/cron";
import { formatMoment } from "@catapullt/core/units";
import { type Finding, failure, ok, warning } from "../finding.ts";
import type { PlannedRun } from "./planned-runs.ts";

/** What is known of a planned run besides its line. */
export interface RunFacts extends PlannedRun {
  /** Programs that are not found in the environment that the run gets. */
  missing: string[];
  /** False where there is no such user; undefined where that cannot be told. */
  hasUser: boolean | undefined;
  /** Variables that count here and that the run does not get. */
  lostVariables: string[];
}

export interface Surroundings {
  application: string;
  now: Date;
  timeZone: string;
  /** Whether a daemon runs that reads crontabs; undefined where that cannot be seen. */
  hasCron: boolean | undefined;
  unread: readonly string[];
}

/** Whether anything will back the application up, and whether that will find what it needs. Pure. */
export function judgeRuns(runs: readonly RunFacts[], surroundings: Surroundings): Finding[] {
  const { application, hasCron, unread } = surroundings;
  const findings = runs.flatMap((run) => judgeRun(run, surroundings));
  if (runs.some(({ by, ignored }) => by !== "systemd" && ignored === undefined) && hasCron === false)
    findings.push(failure("no cron daemon runs on this host", "run: systemctl enable --now cron (or crond)"));
  if (runs.length > 0) return findings;
  const hidden = unread.length === 0 ? "" : ` (this user may not look into ${unread.join(", ")})`;
  return [
    warning(
      `nothing on this host backs up ${application}${hidden}`,
      [
        "write into /etc/cron.d/backup-tools:",
        "  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        `  0 2 * * *  root  notify -- backup-agent ${application}`,
      ].join("\n"),
    ),
  ];
}

function judgeRun(run: RunFacts, surroundings: Surroundings): Finding[] {
  const { source, by, when, user, missing, hasUser, lostVariables, ignored, command } = run;
  if (ignored !== undefined) return [warning(`${source}: ${ignored.why}`, ignored.fix)];
  if (hasUser === false)
    return [
      failure(
        `${source}: there is no user ${user}, so the line is never run: ${when} ${user} ${command}`,
        "lines of this file name a user after the time: write root there",
      ),
    ];
  const next = nextRun(run, surroundings);
  if (next instanceof RangeError)
    return [failure(`${source}: cron does not understand ${when}: ${next.message}`, "correct the line")];
  const findings: Finding[] = [];
  if (missing.length > 0)
    findings.push(
      failure(
        `${source}: under this PATH, ${missing.join(", ")} would not be found: ${run.environment.PATH ?? "cron's own, /usr/bin:/bin"}`,
        by === "systemd"
          ? "set Environment=PATH=… in the service"
          : `add this line at the top of ${source}: PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      ),
    );
  if (lostVariables.length > 0)
    findings.push(
      warning(
        `${source}: ${lostVariables.join(", ")} counts here, but the run does not get it`,
        "write it into the agent's configuration, or assign it there",
      ),
    );
  if (findings.length > 0) return findings;
  const told = next === undefined ? when : `${when}, next at ${formatMoment(next, "minute")} UTC`;
  return [ok(`${source}: ${told}${user === undefined ? "" : `, as ${user}`}`)];
}

function nextRun({ by, when }: PlannedRun, { now, timeZone }: Surroundings): Date | undefined | RangeError {
  if (by !== "cron" || when === "@reboot") return undefined;
  try {
    return parseCron({ expression: when, timeZone }).next(now);
  } catch (error) {
    if (error instanceof RangeError) return error;
    throw error;
  }
}
