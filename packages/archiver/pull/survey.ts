import { isApplicationName, parseArchiveName, sidecarSuffix } from "@catapullt/core/archive/name";
import { parseSidecar, sidecarName, sidecarSizeLimit } from "@catapullt/core/archive/sidecar";
import { errorMessage, OperationError } from "@catapullt/core/errors";
import type { LastRun } from "@catapullt/core/report/last-run";
import type { FileState, Remote, RemoteEntry, RemotePath } from "../remote/remote.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { readLastRun } from "./last-run.ts";

/** What a sidecar at a host says: the archive's SHA1, or why it says nothing. */
export type SidecarContent = { sha1: string } | { problem: string };

export interface SurveyedArchive extends RemotePath, FileState {
  sidecar: SidecarContent;
}

/** What lies in a host's work directory, sorted by what can be done with it. */
export interface Survey {
  /** Directories of applications that could be looked into, and what the agent's last run has left there. */
  applications: { name: string; lastRun: LastRun | null }[];
  /** Archives that have a sidecar. */
  finished: SurveyedArchive[];
  /** Archives without a sidecar: still being written, or left by a run that died. */
  unfinished: RemotePath[];
  /** Sidecars whose archive is gone. */
  orphans: (RemotePath & { sidecar: SidecarContent })[];
  /** Applications or archives that could not be looked at. */
  unreadable: OperationError[];
  /** Anything else, by its path and why it is left alone. */
  ignored: { path: string; reason: string }[];
}

/** More than any host has; what the agent has left for more of them is not read. */
const applicationLimit = 200;

/** So many are looked at while others are waited for: on a long line, not each one costs a round trip. */
const applicationsAtOnce = 4;
const sidecarsAtOnce = 32;

/** Looks at everything in a host's work directory and reads the sidecars. Nothing that a name says is trusted. */
export async function surveyHost(remote: Remote): Promise<Survey> {
  const survey = emptySurvey();
  const applications: string[] = [];
  for (const entry of await remote.list()) {
    const reason = whyNoApplication(entry);
    if (reason === undefined) applications.push(entry.name);
    else if (!isHidden(entry.name)) survey.ignored.push({ path: entry.name, reason });
  }
  const parts = await eachAtOnce(applications, applicationsAtOnce, async (application, index) => {
    const part = emptySurvey();
    await noteFailure(part, () => surveyApplication(remote, application, { part, isNoted: index < applicationLimit }));
    return part;
  });
  for (const part of parts)
    for (const list of Object.keys(survey) as (keyof Survey)[]) (survey[list] as unknown[]).push(...part[list]);
  survey.finished.sort((one, other) => timeOf(one) - timeOf(other) || one.name.localeCompare(other.name));
  return survey;
}

function emptySurvey(): Survey {
  return { applications: [], finished: [], unfinished: [], orphans: [], unreadable: [], ignored: [] };
}

function whyNoApplication({ name, kind }: RemoteEntry): string | undefined {
  if (kind === "link") return "a link is never followed";
  if (kind !== "directory") return "not a directory";
  return isApplicationName(name) ? undefined : "not the name of an application";
}

async function surveyApplication(
  remote: Remote,
  application: string,
  { part, isNoted }: { part: Survey; isNoted: boolean },
): Promise<void> {
  // Before the archives: a run that ends meanwhile is then one that has not ended yet, and no archive is missed.
  const lastRun = isNoted ? await readLastRun(remote, application) : null;
  const entries = new Map<string, RemoteEntry>();
  for (const entry of await remote.listApplication(application)) {
    const reason = whyNoArchive(entry, application);
    if (reason === undefined) entries.set(entry.name, entry);
    else if (!isHidden(entry.name)) part.ignored.push({ path: `${application}/${entry.name}`, reason });
  }
  if (isNoted) part.applications.push({ name: application, lastRun });
  await eachAtOnce([...entries.values()], sidecarsAtOnce, ({ name, bytes, modifiedAt }) =>
    noteFailure(part, async () => {
      if (isSidecar(name)) {
        const orphan = { application, name: name.slice(0, -sidecarSuffix.length) };
        const sidecar = entries.has(orphan.name) ? undefined : await readSidecar(remote, orphan);
        if (sidecar !== undefined) part.orphans.push({ ...orphan, sidecar });
        return;
      }
      const sidecar = entries.has(sidecarName(name)) ? await readSidecar(remote, { application, name }) : undefined;
      if (sidecar === undefined) part.unfinished.push({ application, name });
      else part.finished.push({ application, name, bytes, modifiedAt, sidecar });
    }),
  );
  for (const list of [part.unfinished, part.orphans]) list.sort((one, other) => one.name.localeCompare(other.name));
}

// What one application's user may not read is no reason to leave the others where they are.
async function noteFailure(survey: Survey, look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    if (!(error instanceof OperationError) || error.code === "connection-lost") throw error;
    survey.unreadable.push(error);
  }
}

function whyNoArchive({ name, kind }: RemoteEntry, application: string): string | undefined {
  if (kind === "link") return "a link is never followed";
  if (kind !== "file") return "not a regular file";
  const parsed = parseArchiveName(isSidecar(name) ? name.slice(0, -sidecarSuffix.length) : name);
  if (parsed === undefined) return "not the name of an archive";
  return parsed.application === application
    ? undefined
    : `an archive of ${parsed.application} in the directory of ${application}`;
}

/** The sidecar of an archive at its host, read anew; undefined where there is none (any more). */
export async function readSidecar(
  remote: Pick<Remote, "look" | "open">,
  { application, name }: RemotePath,
): Promise<SidecarContent | undefined> {
  const path = { application, name: sidecarName(name) };
  if ((await remote.look(path)) === undefined) return undefined;
  const file = await remote.open(path);
  try {
    if (file.bytes > sidecarSizeLimit) return { problem: `the sidecar ${path.name} is too long` };
    const chunks: Buffer[] = [];
    for await (const chunk of file.read(0, file.bytes)) chunks.push(Buffer.from(chunk));
    return { sha1: parseSidecar(Buffer.concat(chunks).toString("latin1"), name) };
  } catch (error) {
    if (!(error instanceof OperationError) || error.code !== "archive-invalid") throw error;
    return { problem: errorMessage(error) };
  } finally {
    await file.close();
  }
}

function isSidecar(name: string): boolean {
  return name.endsWith(sidecarSuffix);
}

// The agent's own work in progress, and what file systems keep at their top.
function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "lost+found";
}

function timeOf({ name }: RemotePath): number {
  return parseArchiveName(name)?.time.getTime() ?? 0;
}
