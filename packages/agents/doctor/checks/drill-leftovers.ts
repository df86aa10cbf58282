import { hasErrorCode, OperationError } from "@catapullt/core/errors";
import { quoteForShell } from "@catapullt/core/shell-words";
import { findAbandonedWorkspaces } from "../../drill/workspace.ts";
import type { Check, HostSubject } from "../check.ts";
import { warning } from "../finding.ts";

/** What drills left that were ended together with their guards. */
export const drillLeftoversCheck: Check<HostSubject> = {
  name: "drill-leftovers",
  limit: 10_000,
  async look({ config }) {
    try {
      const paths = await findAbandonedWorkspaces(config.drill.directory);
      return paths.map((path) =>
        warning(
          `${path} is left of a drill that was killed, and takes room`,
          `the next drill there removes it, or run: rm -r ${quoteForShell(path)}`,
        ),
      );
    } catch (error) {
      if (error instanceof OperationError || hasErrorCode(error, "ENOENT")) return []; // no backup needs it
      throw error;
    }
  },
};
