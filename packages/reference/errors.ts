import { errorCodes } from "@catapullt/core/error-codes";

/** The table of every error code, in the registry's order. */
export function describeErrorCodes(): string {
  const rows = Object.entries(errorCodes).map(
    ([code, { exitCode, meaning }]) => `| \`${code}\` | ${exitCode} | ${meaning} |`,
  );
  return ["| code | exit code | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}
