import { quoteForShell } from "@catapullt/core/shell-words";
import { findAbandonedStages } from "../../restore/stage.ts";
import { describeUnfinished } from "../../restore/unfinished.ts";
import type { ApplicationSubject, Check } from "../check.ts";
import { warning } from "../finding.ts";

/** What a restore left that was killed. */
export const unfinishedRestoreCheck: Check<ApplicationSubject> = {
  name: "unfinished-restore",
  limit: 10_000,
  async look({ stateDirectory, application, located }) {
    const unfinished = await describeUnfinished(stateDirectory, application.name);
    const places = [...new Set(located.trees.map(({ directory }) => directory))];
    const stages = new Set((await Promise.all(places.map(findAbandonedStages))).flat());
    return [
      ...unfinished.map((text) => warning(text)),
      ...[...stages].map((path) =>
        warning(
          `${path} is left of a restore that was killed`,
          `the next restore removes it, or run: rm -r ${quoteForShell(path)}`,
        ),
      ),
    ];
  },
};
