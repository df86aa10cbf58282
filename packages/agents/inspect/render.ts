import { basename } from "node:path";
import type { Manifest } from "@catapullt/core/archive/manifest";
import { formatTable } from "@catapullt/core/table";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { InspectedMember, Inspection } from "./run.ts";

/** What an archive holds, for people. */
export function renderInspection({ archive, bytes, manifest, members }: Inspection): string {
  return [
    renderFacts(basename(archive), bytes, manifest),
    renderDatabases(manifest),
    renderTrees(manifest),
    renderList("Warnings", manifest.warnings),
    members === undefined ? "" : renderMembers(members),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function renderFacts(name: string, bytes: number, manifest: Manifest): string {
  const { application, type, version, host, startedAt, endedAt, tools } = manifest;
  const duration = formatDuration(Date.parse(endedAt) - Date.parse(startedAt));
  const facts = [
    ["archive", `${name} (${formatBytes(bytes)})`],
    ["application", application === type ? application : `${application} (${type})`],
    ["version", version.after],
    ["version read from", version.sources.map(({ source, value }) => `${source}: ${value}`).join("; ")],
    ["host", host],
    ["backed up", `${startedAt}, in ${duration}`],
    [
      "made with",
      Object.entries(tools)
        .map((entry) => entry.join(" "))
        .join(", "),
    ],
  ] as const;
  const width = Math.max(...facts.map(([label]) => label.length));
  return facts.map(([label, value]) => `${label.padEnd(width)}  ${value}\n`).join("");
}

function renderDatabases({ databases }: Manifest): string {
  if (databases.length === 0) return "";
  return formatTable(
    [
      { title: "DATABASE", value: ({ name }) => name },
      { title: "ENGINE", value: ({ engine, serverVersion }) => `${engine} ${serverVersion}` },
      {
        title: "TABLES",
        value: ({ tables }) => String(tables.filter(({ kind }) => kind === "table").length),
        align: "right",
      },
      {
        title: "OTHER OBJECTS",
        value: ({ tables, triggers = [], routines = [], events = [] }) =>
          String(
            tables.filter(({ kind }) => kind !== "table").length + triggers.length + routines.length + events.length,
          ),
        align: "right",
      },
      { title: "DUMP", value: ({ bytes }) => formatBytes(bytes), align: "right" },
      {
        title: "MEMBER",
        value: ({ member, parts }) => (parts === 1 ? member : `${member}.0001 and ${parts - 1} more`),
      },
    ],
    databases,
  );
}

function renderTrees({ trees }: Manifest): string {
  if (trees.length === 0) return "";
  const table = formatTable(
    [
      { title: "TREE", value: ({ label }) => label },
      { title: "FILES", value: ({ files }) => files.toLocaleString("en"), align: "right" },
      { title: "SIZE", value: ({ bytes }) => formatBytes(bytes), align: "right" },
      { title: "SKIPPED", value: ({ skippedCount }) => String(skippedCount), align: "right" },
      { title: "FROM", value: ({ source }) => source },
    ],
    trees,
  );
  const skipped = trees.flatMap((tree) => tree.skipped.map(({ path, reason }) => `${path}: ${reason}`));
  return `${table}${renderList("\nSkipped", skipped)}`;
}

function renderMembers(members: readonly InspectedMember[]): string {
  return formatTable(
    [
      { title: "MODE", value: ({ mode }) => mode },
      { title: "SIZE", value: ({ bytes }) => String(bytes), align: "right" },
      { title: "MODIFIED", value: ({ modified }) => modified },
      { title: "MEMBER", value: ({ name, linkName }) => (linkName === undefined ? name : `${name} -> ${linkName}`) },
    ],
    members,
  );
}

function renderList(title: string, entries: readonly string[]): string {
  if (entries.length === 0) return "";
  return `${title}:\n${entries.map((entry) => `  ${entry}\n`).join("")}`;
}
