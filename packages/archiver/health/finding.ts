export type FindingKind =
  | "missing"
  | "stale"
  | "unverified"
  | "unproven"
  | "shrunk"
  | "grown"
  | "quarantined"
  | "waiting"
  | "unreachable"
  | "unreadable"
  | "clock"
  | "space";

/** Something that is not as it must be: `archiver check` then ends with 1. */
export interface Finding {
  /** Empty where it is about the vault as a whole. */
  host: string;
  /** Empty where it is about the host, or the vault, as a whole. */
  application: string;
  kind: FindingKind;
  /** What, why as far as can be told, and what to do. */
  message: string;
}

/** `wiki01/confluence`, `wiki01`, or `vault`. */
export function subjectOf({ host, application }: Pick<Finding, "host" | "application">): string {
  if (host === "") return "vault";
  return application === "" ? host : `${host}/${application}`;
}
