import type { Catalog } from "./catalog.ts";

/** For who would rather say nothing than half of it: fails with what the first unreadable host has met. */
export function refuseUnreadable({ unreadable }: Pick<Catalog, "unreadable">): void {
  const [first] = unreadable;
  if (first !== undefined) throw first.error;
}
