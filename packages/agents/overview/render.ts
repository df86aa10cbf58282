import { formatTable } from "@catapullt/core/table";
import type { ApplicationOverview, DatabaseOverview, Overview } from "./collect.ts";

/** The overview for people: a table, then what stands in the way of a backup, what is not here, and the types. */
export function renderOverview({ applications, types }: Overview): string {
  const present = applications.filter(isExpected);
  const table = formatTable(
    [
      { title: "APPLICATION", value: ({ name }) => name },
      { title: "TYPE", value: ({ type }) => type },
      { title: "FOUND", value: describePlace },
      { title: "VERSION", value: ({ version }) => version ?? "-" },
      { title: "DATABASE", value: ({ databases }) => databases.map(describeDatabase).join(", ") || "-" },
    ],
    present,
  );
  const width = Math.max(...types.map(({ name }) => name.length));
  const typeLines = types.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}\n`);
  const head = present.length === 0 ? "no application was found on this host, and none is configured\n" : table;
  return [head, ...present.map(renderNotes), renderAbsent(applications), `\ntypes:\n${typeLines.join("")}`].join("");
}

function describePlace({ found, home, trees, problem }: ApplicationOverview): string {
  if (!found) return "no";
  if (home !== undefined) return home;
  return trees.map(({ root }) => root).join(", ") || (problem === undefined ? "yes" : "see below");
}

/** `mysql 127.0.0.1:3306/confluence as confluence` */
export function describeDatabase(database: DatabaseOverview): string {
  const { engine, name, host, port, socket, user, file, container } = database;
  if (file !== undefined) return `${engine} ${file}`;
  const address = host?.includes(":") ? `[${host}]` : (host ?? "localhost");
  const place = socket ?? (port === undefined ? address : `${address}:${port}`);
  return `${engine} ${place}/${name}${user === undefined ? "" : ` as ${user}`}${container === undefined ? "" : ` in ${container.runtime} container ${container.name}`}`;
}

// An application that nobody configured and that is not there needs no explanation of its own.
function isExpected({ configured, found }: ApplicationOverview): boolean {
  return configured || found;
}

function renderAbsent(applications: readonly ApplicationOverview[]): string {
  const names = applications.filter((application) => !isExpected(application)).map(({ name }) => name);
  if (names.length === 0) return "";
  return `\nnot found on this host: ${names.join(", ")}\nevery place that was looked at: backup-agent applications ${names[0]}\n`;
}

function renderNotes({ name, problem, warnings }: ApplicationOverview): string {
  const lines = [
    ...(problem === undefined ? [] : [problem.message, problem.hint]),
    ...warnings.map((warning) => `warning: ${warning}`),
  ].filter((line) => line !== undefined);
  return lines.length === 0 ? "" : `\n${name}: ${lines.join("\n").replaceAll("\n", "\n  ")}\n`;
}
