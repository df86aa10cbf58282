import { OperationError } from "@catapullt/core/errors";
import type { Host } from "../host.ts";
import type { Found } from "../search.ts";

/** Throws `application-not-found` where a directory that something names is not there: a backup without it would be none. */
export async function requireDirectory(host: Host, found: Found): Promise<Found> {
  if ((await host.kind(found.path)) === "directory") return found;
  throw new OperationError("application-not-found", `${found.path} is no directory (${found.source})`, {
    hint: "mount the disk that it is on, or correct the path there",
  });
}
