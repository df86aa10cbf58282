import { findSecretProblems } from "@catapullt/core/config/check";
import { formatProblem } from "@catapullt/core/config/problems";
import { agentConfigDescription } from "../../config/schema.ts";
import type { Check, HostSubject } from "../check.ts";
import { failure, ok } from "../finding.ts";

/** The file, and every secret that it refers to: there, readable by this user, and not by everybody. */
export const configurationCheck: Check<HostSubject> = {
  name: "configuration",
  limit: 10_000,
  async look({ loaded, environment, only }) {
    const problems = await findSecretProblems(agentConfigDescription, loaded, environment);
    const concerned = problems.filter(
      ({ path: [section, name] }) => section !== "applications" || only === undefined || name === only,
    );
    if (concerned.length === 0) return [ok(loaded.file ?? "no file: every default is in effect")];
    return concerned.map((problem) =>
      failure(formatProblem(problem), problem.unsafe ?? "correct this and run: backup-agent config check"),
    );
  },
};
