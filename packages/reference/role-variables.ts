import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { escapeCell } from "./table-cell.ts";

interface RoleOption {
  type: string;
  description: string;
  choices?: string[];
  required?: boolean;
  options?: Record<string, RoleOption>;
}

const roles = new URL("../../ansible/roles/", import.meta.url);

/** Every variable of a role's main entry point as a Markdown table: from `meta/argument_specs.yml` and `defaults/main.yml`. */
export function describeRoleVariables(role: string): string {
  const { argument_specs: specifications } = readYaml(`${role}/meta/argument_specs.yml`) as {
    argument_specs: { main: { options: Record<string, RoleOption> } };
  };
  const defaults = readYaml(`${role}/defaults/main.yml`) as Record<string, unknown>;
  const rows = Object.entries(specifications.main.options).map(([name, option]) => {
    const value = name in defaults ? `\`${JSON.stringify(defaults[name])}\`` : "";
    return `| ${[`\`${name}\``, option.type, value, explain(option)].map(escapeCell).join(" | ")} |`;
  });
  return ["| variable | type | default | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function explain({ description, choices, options }: RoleOption): string {
  const parts = [description];
  if (choices !== undefined) parts.push(`One of ${choices.map((choice) => `\`${choice}\``).join(", ")}.`);
  if (options !== undefined) {
    const keys = Object.entries(options).map(([key, { required }]) => `\`${key}\`${required ? " (required)" : ""}`);
    parts.push(`Keys: ${keys.join(", ")}.`);
  }
  return parts.join(" ");
}

function readYaml(path: string): unknown {
  return parse(readFileSync(new URL(path, roles), "utf8"));
}
