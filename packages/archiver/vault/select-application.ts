import { isApplicationName } from "@catapullt/core/archive/name";
import { didYouMean } from "@catapullt/core/config/suggestion";
import { OperationError } from "@catapullt/core/errors";

/** Fails with `application-unknown` for a name that is not one of `known`. */
export function refuseUnknownApplication(name: string, known: readonly string[]): void {
  if (isApplicationName(name) && known.includes(name)) return;
  const names = [...new Set(known)].sort();
  throw new OperationError(
    "application-unknown",
    `no application is called ${JSON.stringify(name)}${didYouMean(name, names)}`,
    { hint: names.length === 0 ? "the vault has no application of these hosts" : `applications: ${names.join(", ")}` },
  );
}
