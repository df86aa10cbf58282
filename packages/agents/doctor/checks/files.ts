import { refuseInside } from "../../backup/work-directory.ts";
import { enumerate } from "../../databases/enumerate.ts";
import type { ApplicationSubject, Check } from "../check.ts";
import { failure, failureOf, ok } from "../finding.ts";

/** What is saved can be read by this user, and the work directory lies outside of it. */
export const filesCheck: Check<ApplicationSubject> = {
  name: "files",
  limit: 30_000,
  async look({ located, workDirectory, sampleTrees }) {
    const roots = located.trees.map(({ root }) => root);
    const inside = await refuseInside(
      workDirectory,
      located.home === undefined ? roots : [...roots, located.home],
    ).then(
      () => [],
      (error: unknown) => [failureOf(error)],
    );
    if (roots.length === 0) return inside;
    const { entries, isComplete, unreadable } = await sampleTrees();
    const count = `${entries.toLocaleString("en")} ${entries === 1 ? "file" : "files"}`;
    const extent = isComplete ? count : `the ${count} that were looked at`;
    if (unreadable.length === 0) return [...inside, ok(`${roots.join(", ")}: ${extent} can be read`)];
    return [
      ...inside,
      failure(
        `user ${process.getuid?.()} may not read ${enumerate(unreadable)}${isComplete ? "" : ", and perhaps more: not everything was looked at"}`,
        "run the agent as root or as their owner, or leave them out on purpose: files: { exclude: [PATTERN] }",
      ),
    ];
  },
};
