import type { Logger } from "@catapullt/core/log/logger";
import { describeOutcome, type FinishedProcess, run } from "@catapullt/core/process/run";
import { reportVariable } from "@catapullt/core/report/variable";
import { formatCommandLine } from "@catapullt/core/shell-words";
import { formatBytes } from "@catapullt/core/units";
import { z } from "zod";
import { formatMoment } from "../message/figures.ts";
import type { DigestEntry } from "./entry.ts";

/** What `digest: { archiver: true }` runs. */
export const archiverCommand = ["archiver", "check", "--json"] as const;

const longestCheck = 15 * 60_000;

/** As `archiver check --json` promises it; what else it says is read where it is there. */
const verdictSchema = z.object({
  healthy: z.boolean(),
  findings: z.array(z.object({ host: z.string(), application: z.string(), kind: z.string(), message: z.string() })),
  applications: z
    .array(
      z.object({
        host: z.string(),
        application: z.string(),
        state: z.string(),
        time: z.iso.datetime().nullish(),
        bytes: z.number().nullish(),
      }),
    )
    .default([]),
});

type Verdict = z.infer<typeof verdictSchema>;

export interface ArchiverContext {
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  log: Logger;
}

/** What the archiver's check says, an entry for each application; one that fails is an entry, never an error. */
export async function askArchiver(
  [program, ...args]: readonly [string, ...string[]],
  { environment, signal, log }: ArchiverContext,
): Promise<DigestEntry[]> {
  const { [reportVariable]: _, ...own } = environment; // the report is about the digest, not about this
  const finished = await run(program, args, { environment: own, signal, timeout: longestCheck });
  signal.throwIfAborted();
  const verdict = parseVerdict(finished);
  if (verdict !== undefined) return describeVerdict(verdict);
  const reason = describeFailure(finished);
  log.error(`${formatCommandLine([program, ...args])} failed: ${reason}`);
  return [
    { name: "archiver check", source: "archiver", kind: "failed", reason, details: "nothing is known of the vault" },
  ];
}

/** Ends with 1 and a verdict where something is wrong; anything else but 0 is no verdict. */
function parseVerdict({ exitCode, output }: FinishedProcess): Verdict | undefined {
  if (exitCode !== 0 && exitCode !== 1) return undefined;
  try {
    return verdictSchema.safeParse(JSON.parse(output.toString("utf8"))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function describeFailure(finished: FinishedProcess): string {
  const lines = finished.errorOutput.trim();
  if (finished.startError !== undefined)
    return `${describeOutcome(finished)}; cron's PATH is short: give the full path, as digest: { archiver: { command: [/usr/bin/archiver, check, --json] } }`;
  const what = finished.exitCode === 0 ? "it printed no verdict" : describeOutcome(finished);
  return lines === "" ? what : `${what}: ${lines}`;
}

/** Pure. */
export function describeVerdict({ findings, applications, healthy }: Verdict): DigestEntry[] {
  const subjectOf = ({ host, application }: { host: string; application: string }) =>
    [host, application].filter((part) => part !== "").join("/") || "vault";
  const known = applications.map((entry): DigestEntry => {
    const own = findings.filter(({ host, application }) => host === entry.host && application === entry.application);
    const kinds = entry.state === "ok" ? [] : [entry.state];
    return {
      name: subjectOf(entry),
      source: "archiver",
      kind: kindOf([...own.map(({ kind }) => kind), ...kinds]),
      reason: own.length === 0 ? kinds[0] : own.map(({ kind, message }) => `${kind}: ${message}`).join("\n"),
      details: describeNewest(entry),
    };
  });
  const others = findings.filter(
    (finding) =>
      !applications.some(({ host, application }) => host === finding.host && application === finding.application),
  );
  const told = others.map((finding): DigestEntry => {
    const { kind, message } = finding;
    return {
      name: subjectOf(finding),
      source: "archiver",
      kind: kindOf([kind]),
      reason: `${kind}: ${message}`,
      details: "",
    };
  });
  const isSilent = !healthy && findings.length === 0;
  return isSilent ? [...known, unhealthy()] : [...told, ...known];
}

function kindOf(states: readonly string[]): DigestEntry["kind"] {
  if (states.length === 0) return "ok";
  return states.every((state) => state === "missing" || state === "stale") ? "overdue" : "failed";
}

function unhealthy(): DigestEntry {
  return {
    name: "archiver check",
    source: "archiver",
    kind: "failed",
    reason: "it is not healthy, and says not why",
    details: "",
  };
}

function describeNewest({ time, bytes }: Verdict["applications"][number]): string {
  if (time === null || time === undefined) return "no backup in the vault";
  const size = bytes === null || bytes === undefined ? "" : `, ${formatBytes(bytes)}`;
  return `newest ${formatMoment(new Date(time))}${size}`;
}
