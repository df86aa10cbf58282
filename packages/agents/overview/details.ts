import type { ApplicationOverview, Overview } from "./collect.ts";
import { describeDatabase } from "./render.ts";

/** All that is known of single applications, for people: where each thing was found, or where it was looked for. */
export function renderDetails({ applications }: Overview): string {
  return applications.map(renderApplication).join("\n");
}

function renderApplication(application: ApplicationOverview): string {
  const { name, type, version, evidence, databases, trees, warnings, problem } = application;
  const rows = [
    ...evidence.map(({ what, value, source }) => ({ what, value: `${value} (${source})` })),
    ...(version === undefined ? [] : [{ what: "version", value: version }]),
    ...databases.map((database) => ({ what: "database", value: describeDatabase(database) })),
    ...trees.map(({ label, root, include }) => {
      const only = include.length === 0 ? "" : ` (only ${include.join(", ")})`;
      return { what: "saves", value: `${root}${only} as files/${label}` };
    }),
    ...warnings.map((warning) => ({ what: "warning", value: warning })),
  ];
  const width = Math.max(0, ...rows.map(({ what }) => what.length));
  const lines = [
    name === type ? `${name}:` : `${name} (${type}):`,
    ...rows.map(({ what, value }) => `  ${what.padEnd(width)}  ${value}`),
    ...(problem === undefined
      ? []
      : `${problem.message}${problem.hint === undefined ? "" : `\n${problem.hint}`}`
          .split("\n")
          .map((line) => `  ${line}`)),
  ];
  return `${lines.join("\n")}\n`;
}
