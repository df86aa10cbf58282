import type { Destination } from "../config/push.ts";
import type { HostConfig } from "../config/schema.ts";
import type { Depot } from "./depot.ts";
import type { Inspection } from "./inspection.ts";
import { openLocalRemote } from "./local.ts";
import { openLocalDepot } from "./local-depot.ts";
import { openLocalInspection } from "./local-inspection.ts";
import type { Remote } from "./remote.ts";
import { openSftpDepot } from "./sftp/depot.ts";
import { openSftpInspection } from "./sftp/inspection.ts";
import { openSftpRemote } from "./sftp/remote.ts";
import { resolveSettings } from "./sftp/settings.ts";

export interface OpenRemoteOptions {
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** At most so many bytes of a file are asked for ahead, where a rate is to be kept. */
  bytesAhead?: number | undefined;
}

/** The registry of ways to reach a host's work directory, by the `type` of the host. */
export async function openRemote(
  host: HostConfig,
  { environment, signal, bytesAhead }: OpenRemoteOptions,
): Promise<Remote> {
  switch (host.type) {
    case "sftp":
      return openSftpRemote({ ...(await resolveSettings(host, environment)), bytesAhead }, signal);
    case "local":
      return openLocalRemote(host.path);
  }
}

/** The same, with a look at what else the user there may do. */
export async function openInspection(
  host: HostConfig,
  { environment, signal }: OpenRemoteOptions,
): Promise<Inspection> {
  switch (host.type) {
    case "sftp":
      return openSftpInspection(await resolveSettings(host, environment), signal);
    case "local":
      return openLocalInspection(host.path);
  }
}

/** The same for where archives are pushed to. */
export async function openDepot(to: Destination, { environment, signal }: OpenRemoteOptions): Promise<Depot> {
  switch (to.type) {
    case "sftp":
      return openSftpDepot(await resolveSettings(to, environment), signal);
    case "local":
      return openLocalDepot(to.path);
  }
}
