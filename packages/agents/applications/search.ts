import { OperationError } from "@catapullt/core/errors";

/** A place where something may be; without a `path` the place says nothing. */
export interface Candidate {
  path?: string | undefined;
  /** Where the path comes from: `applications.wiki.home`, `-Dconfluence.home in /opt/x/bin/setenv.sh`. */
  source: string;
  /** Why the place says nothing, where that is of use. */
  note?: string | undefined;
  /** A usual place, tried in turn; any other place is named by somebody, and must be right. */
  isGuess?: boolean | undefined;
}

export interface Found {
  path: string;
  source: string;
}

export interface Search {
  /** What is looked for, for messages: `the home of Confluence`. */
  what: string;
  /** The key to set, such as `applications.confluence.home`. */
  key: string;
  candidates: readonly Candidate[];
  /** Says what is wrong with a path; undefined where it is the right one. */
  check: (path: string) => Promise<string | undefined>;
}

/**
 * The first candidate that names a path which is right. A named path that is wrong is an error, never a reason to take
 * the next one, which may belong to another instance. Throws `application-not-found` with every place looked at.
 */
export async function findPlace({ what, key, candidates, check }: Search): Promise<Found> {
  const tried: string[] = [];
  for (const { path, source, note, isGuess } of candidates) {
    if (path === undefined) {
      tried.push(`${source}: ${note ?? "not set"}`);
      continue;
    }
    const problem = await check(path);
    if (problem === undefined) return { path, source };
    tried.push(`${path} (${source}): ${problem}`);
    if (isGuess !== true) break;
  }
  const list = tried.map((line) => `- ${line}`).join("\n");
  throw new OperationError("application-not-found", `${what} was not found; looked at:\n${list}`, {
    hint: `set \`${key}\` in the agent's configuration`,
  });
}
