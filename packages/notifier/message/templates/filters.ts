import { escapeHtml } from "@catapullt/core/html";
import { formatBytes, formatDuration } from "@catapullt/core/units";
import type { Liquid } from "liquidjs";
import { formatMoment } from "../figures.ts";
import { type TemplateTarget, toText } from "./values.ts";

/** Those that would leave a value unescaped, and those that would read one as part of the template. */
const refused = [
  "raw",
  "where_exp",
  "reject_exp",
  "group_by_exp",
  "has_exp",
  "find_exp",
  "find_index_exp",
  "jsonify",
  "inspect",
];

/** Gives an engine the filters that messages need, and takes away those that are dangerous or pointless here. */
export function registerFilters(engine: Liquid, target: TemplateTarget): void {
  for (const name of refused) delete engine.filters[name];
  engine.registerFilter("size", (value: unknown) => {
    if (typeof value === "number") return formatBytes(value);
    return Array.isArray(value) || typeof value === "string" ? value.length : "";
  });
  engine.registerFilter("duration", (seconds: unknown) =>
    typeof seconds === "number" ? formatDuration(seconds * 1000) : "",
  );
  engine.registerFilter("moment", formatTime);
  // Everything is escaped where it is put out, once.
  for (const name of ["escape", "escape_once", "xml_escape"]) engine.registerFilter(name, (value: unknown) => value);
  // What is JSON is not escaped again within JSON.
  const json = (value: unknown) => JSON.stringify(value ?? null);
  engine.registerFilter("json", target === "json" ? { raw: true, handler: json } : json);
  if (target !== "html") return;
  engine.registerFilter("newline_to_br", {
    raw: true,
    handler: (value: unknown) => escapeHtml(toText(value)).replaceAll("\n", "<br>\n"),
  });
}

function formatTime(value: unknown): string {
  const time = typeof value === "string" ? new Date(value) : undefined;
  return time === undefined || Number.isNaN(time.getTime()) ? "" : formatMoment(time);
}
