import { isApplicationName } from "@catapullt/core/archive/name";
import { OperationError } from "@catapullt/core/errors";
import { formatBytes } from "@catapullt/core/units";
import type { ArchiverConfig, HostConfig } from "../config/schema.ts";
import { bytesBeside } from "../pull/quota.ts";
import type { Inspection } from "../remote/inspection.ts";
import { openInspection } from "../remote/open.ts";
import type { StoredArchive, Vault } from "../vault/vault.ts";
import { tellClock } from "./clock.ts";
import { createLines, type DoctorLine, type Lines } from "./line.ts";
import { nextBytes } from "./next-archives.ts";

export interface HostExamination {
  host: string;
  settings: HostConfig;
  config: ArchiverConfig;
  vault: Vault;
  stored: readonly StoredArchive[];
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** Looks at one host as a pull would, and at what its user may do there besides. Rejects only when the run is ended. */
export async function examineHost(examination: HostExamination): Promise<DoctorLine[]> {
  const { host, settings, environment, signal } = examination;
  const out = createLines(host);
  await examineQuota(examination, out);
  let inspection: Inspection | undefined;
  try {
    inspection = await openInspection(settings, { environment, signal });
    if (settings.type === "sftp") tellConnected(out);
    await examineWorkDirectory(inspection, examination, out);
    for (const { message, fix } of await inspection.powers()) out.warn("powers", `the user ${message}`, fix);
    if (settings.type === "sftp" && !out.lines.some(({ check }) => check === "powers"))
      out.ok("powers", "the user may do nothing that was tried beyond SFTP in its own place");
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OperationError)) throw error;
    tellFailure(error, out);
  } finally {
    await inspection?.close();
  }
  return out.lines;
}

function tellConnected({ ok }: Lines): void {
  ok("connection", "the host answers");
  ok("host key", "the key that it offers is known");
  ok("login", "the key that is offered is accepted");
}

/** How far it came is as good to know as where it ended. */
function tellFailure({ code, message, hint }: OperationError, { lines, ok, fail }: Lines): void {
  const hasLoggedIn = lines.some(({ check }) => check === "login");
  const check = checkOf(code, hasLoggedIn);
  if (check === "host key" || (check === "login" && code === "access-denied")) ok("connection", "the host answers");
  if (check === "login" && code === "access-denied") ok("host key", "the key that it offers is known");
  fail(check, message, hint);
}

function checkOf(code: OperationError["code"], hasLoggedIn: boolean): string {
  if (hasLoggedIn || code === "work-directory-unusable") return "work directory";
  if (code.startsWith("host-key-")) return "host key";
  return ["access-denied", "identity-unusable", "config-unsafe", "secret-unreadable"].includes(code)
    ? "login"
    : "connection";
}

async function examineQuota({ host, settings, config, vault, stored }: HostExamination, out: Lines): Promise<void> {
  const quota = settings.quota ?? config.quota;
  if (quota === undefined) {
    out.warn(
      "quota",
      "none: somebody who takes over the host could fill the vault",
      "set `quota`, for the host or for all",
    );
    return;
  }
  const held = (await vault.heldBytes(host)) + stored.length * bytesBeside;
  const next = nextBytes(stored);
  const facts = `${formatBytes(held)} of ${formatBytes(quota)} are used, the next archives take about ${formatBytes(next)}`;
  const fix = "raise `quota` for the host, or keep fewer archives (`retention`, then archiver prune)";
  if (held + next > quota) out.fail("quota", `${facts} and will not fit`, fix);
  else if (held + next > quota * nearlyAll) out.warn("quota", facts, fix);
  else out.ok("quota", facts);
}

const nearlyAll = 0.9;

async function examineWorkDirectory(
  inspection: Inspection,
  { settings, config }: HostExamination,
  out: Lines,
): Promise<void> {
  const { remote } = inspection;
  const applications = (await remote.list())
    .filter(({ name, kind }) => kind === "directory" && isApplicationName(name))
    .map(({ name }) => name);
  const expected = Object.keys(settings.expect);
  out.ok(
    "work directory",
    `${settings.path} holds ${applications.length === 0 ? "no application yet" : applications.join(", ")}`,
  );
  for (const application of expected) {
    if (!applications.includes(application))
      out.warn(
        "work directory",
        `there is no directory of ${application}, which is expected`,
        "run its backup there once, or correct `expect`",
      );
  }
  let at: number | undefined;
  for (const application of applications.slice(0, mostApplications))
    at ??= await examineApplication(application, inspection, out);
  const own = await inspection.probe();
  if (own.kind === "made" && applications.length > 0 && settings.type === "sftp")
    out.warn(
      "permissions",
      `the user may add directories to ${settings.path}`,
      `give ${settings.path} to root, mode 0750, with the user's group`,
    );
  if (own.kind === "left") tellLeft(own.path, out);
  if (own.kind === "made") at ??= own.at - Date.now() / 1000;
  tellClock(at, { limit: config.clock.warn, out });
}

/** A hostile host may have any number of them. */
const mostApplications = 50;

/** Whether a pull could read and remove archives there. Returns by how many seconds the host's clock is ahead, where it can be told. */
async function examineApplication(application: string, { remote, probe, isSticky }: Inspection, out: Lines) {
  try {
    const archive = (await remote.listApplication(application)).find(
      ({ kind, name }) => kind === "file" && !name.startsWith("."),
    );
    if (archive !== undefined) {
      const file = await remote.open({ application, name: archive.name });
      for await (const _ of file.read(0, 1)) break;
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof OperationError) || error.code === "connection-lost") throw error;
    out.fail(
      "permissions",
      `${application}: archives cannot be read: ${error.message}`,
      "set `archiveGroup` in agent.yaml to a group of this user",
    );
  }
  const begun = Date.now();
  const outcome = await probe(application);
  const now = (begun + Date.now()) / 2000;
  if (outcome.kind === "left") tellLeft(outcome.path, out);
  if (outcome.kind === "refused") {
    out.fail(
      "permissions",
      `${application}: archives cannot be removed once they are fetched: ${outcome.reason}`,
      "give the user write permission on the application's directory at the host, or pull with --keep-remote",
    );
  }
  if (outcome.kind !== "made") return undefined;
  if (await isSticky(application))
    out.warn(
      "permissions",
      `${application}: only their owner may remove archives (sticky bit)`,
      "take it away at the host: chmod -t",
    );
  else if (!out.lines.some(({ check, message }) => check === "permissions" && message.startsWith(`${application}: `)))
    out.ok("permissions", `${application}: archives can be read and removed`);
  return outcome.at - now;
}

function tellLeft(path: string, { fail }: Lines): void {
  fail(
    "permissions",
    `what was tried could not be removed: ${path}`,
    "remove it by hand; directories that a pull may not remove from are of no use to it",
  );
}
