import { describeKeys } from "@catapullt/core/config/describe";
import type { ConfigDescription } from "@catapullt/core/config/load";
import { escapeCell } from "./table-cell.ts";

/** Every key of one program's configuration file, as a Markdown section with a table. */
export function describeConfiguration(description: ConfigDescription<unknown>): string {
  const rows = describeKeys(description.schema).map(({ key, when, type, default: value, description: text = "" }) => {
    const name = when === undefined ? `\`${key}\`` : `\`${key}\` (${when})`;
    const fallback = value === undefined ? "" : `\`${value}\``;
    return `| ${[name, type, fallback, text].map(escapeCell).join(" | ")} |`;
  });
  return [
    `### ${description.program}.yaml`,
    "",
    "| key | type | default | meaning |",
    "| --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}
