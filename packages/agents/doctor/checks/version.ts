import { OperationError } from "@catapullt/core/errors";
import type { Query } from "../../applications/type.ts";
import { databaseEngine } from "../../databases/registry.ts";
import type { ApplicationSubject, Check } from "../check.ts";
import { failureOf, ok, warning } from "../finding.ts";
import { within } from "../within.ts";

const answerLimit = 8_000;

/** Every place that tells the version, the database too where it answers. */
export const versionCheck: Check<ApplicationSubject> = {
  name: "version",
  limit: 60_000,
  async look({ located, environment, log }, signal) {
    const query: Query = async (database, sql) => {
      const rows = await within(answerLimit, signal, (limited) =>
        databaseEngine(database.engine).query(database, sql, { environment, log, signal: limited, warn: () => {} }),
      );
      if (rows === undefined) throw new OperationError("database-unreachable", "the database does not answer");
      return rows;
    };
    try {
      const { value, warnings } = await located.captureVersion(query).catch((error: unknown) => {
        // What is wrong with the database, its own check tells.
        const isOfDatabase = error instanceof OperationError && /^(?:database|tool)-/.test(error.code);
        if (isOfDatabase) return located.captureVersion();
        throw error;
      });
      return [ok(value), ...warnings.map((text) => warning(text))];
    } catch (error) {
      return [failureOf(error)];
    }
  },
};
