import { styleText } from "node:util";
import { escapeControls, escapeControlsInLines } from "../printable.ts";

const levelNames: Record<number, { label: string; colour: "red" | "yellow" | "cyan" | "gray" }> = {
  60: { label: "ERROR", colour: "red" },
  50: { label: "ERROR", colour: "red" },
  40: { label: "WARN ", colour: "yellow" },
  30: { label: "INFO ", colour: "cyan" },
  20: { label: "DEBUG", colour: "gray" },
};

interface LogRecord {
  level: number;
  time: string;
  msg?: string;
  [field: string]: unknown;
}

/**
 * Turns one of pino's JSON lines into text for people: time, level, the message's first line, the fields as `key=value`,
 * and its other lines below. Colours are there if asked for, whatever standard output is.
 */
export function formatLine(line: string, { colour }: { colour: boolean }): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as LogRecord;
  const { label, colour: levelColour } = levelNames[level] ?? { label: "INFO ", colour: "cyan" as const };
  const moment = `${time.slice(0, 19)}Z`;
  const details = Object.entries(fields).map(([key, value]) => `${key}=${formatValue(value)}`);
  // Names of files and hosts are untrusted; a line feed in a message is there on purpose.
  const [headline = "", ...rest] = escapeControlsInLines(msg ?? "").split("\n");
  const text = [[headline, ...details].filter((part) => part !== "").join(" "), ...rest].join("\n    ");
  if (!colour) return `${moment} ${label} ${text}\n`;
  const style = (name: "gray" | typeof levelColour, part: string) => styleText(name, part, { validateStream: false });
  return `${style("gray", moment)} ${style(levelColour, label)} ${text}\n`;
}

function formatValue(value: unknown): string {
  if (typeof value === "string" && /^[^\s"=\p{Cc}]+$/u.test(value)) return value;
  return escapeControls(JSON.stringify(value));
}
