/** An application that the configuration names, or that could stand at its vendor's default paths. */
export interface Candidate {
  name: string;
  configured: boolean;
  /** False where nothing of it is on this host. */
  found: boolean;
}

/** Which applications are looked at: the one that was asked for, else those that are configured or found. Pure. */
export function chooseApplications<T extends Candidate>(candidates: readonly T[], only: string | undefined): T[] {
  if (only !== undefined) return candidates.filter(({ name }) => name === only);
  return candidates.filter(({ configured, found }) => configured || found);
}
