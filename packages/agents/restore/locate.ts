import { OperationError } from "@catapullt/core/errors";
import type { Host } from "../applications/host.ts";
import type { LocatedApplication } from "../applications/type.ts";
import type { ResolvedApplication } from "../config/resolve.ts";
import { createArchiveHost } from "./archive-host.ts";
import type { ArchiveSurvey } from "./survey.ts";

export interface RestoredApplication {
  application: LocatedApplication;
  /** Where its settings were found: on this host, or in the archive because the host has none. */
  foundIn: "host" | "archive";
  /** Undefined where it cannot be read, as on a host on which nothing is installed yet. */
  installedVersion: string | undefined;
}

const notThere = ["application-not-found", "application-unreadable"];

/** Finds the application where it stands, or as the archive says that it stood. */
export async function locateForRestore(
  { name, type, settings }: ResolvedApplication,
  host: Host,
  survey: () => Promise<ArchiveSurvey>,
): Promise<RestoredApplication> {
  try {
    const application = await type.locate({ name, settings, host });
    return { application, foundIn: "host", installedVersion: await readVersion(application) };
  } catch (error) {
    if (!(error instanceof OperationError) || !notThere.includes(error.code)) throw error;
  }
  const application = await type.locate({ name, settings, host: createArchiveHost(host, await survey()) });
  return { application, foundIn: "archive", installedVersion: await readVersion(application) };
}

async function readVersion(application: LocatedApplication): Promise<string | undefined> {
  try {
    return (await application.captureVersion()).value;
  } catch (error) {
    if (error instanceof OperationError && [...notThere, "version-unreadable"].includes(error.code)) return undefined;
    throw error;
  }
}
