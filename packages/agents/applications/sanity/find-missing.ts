import { enumerate } from "../../databases/enumerate.ts";
import type { SanityAnswer } from "./sanity.ts";

export interface FileSearch {
  /** What each row is, in the plural: `attachments`. */
  what: string;
  rows: AsyncIterable<(string | null)[]>;
  name: (row: readonly (string | null)[]) => string;
  isThere: (row: readonly (string | null)[]) => Promise<boolean>;
  /** What is wrong with those that are not there: `have no file in /srv/files`. */
  problem: string;
}

/** Asks for each row whether what it stands for is there. */
export async function findMissing({ what, rows, name, isThere, problem }: FileSearch): Promise<SanityAnswer> {
  let count = 0;
  const missing: string[] = [];
  for await (const row of rows) {
    count += 1;
    if (!(await isThere(row))) missing.push(name(row));
  }
  return {
    figures: [{ what, count }],
    findings: missing.length === 0 ? [] : [`${missing.length} of ${count} ${what} ${problem}: ${enumerate(missing)}`],
  };
}
