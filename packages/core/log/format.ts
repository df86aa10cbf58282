import { styleText } from "node:util";

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

/** Turns one of pino's JSON lines into one line for people: time, level, message, then the fields as `key=value`. */
export function formatLine(line: string, { colour }: { colour: boolean }): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as LogRecord;
  const { label, colour: levelColour } = levelNames[level] ?? { label: "INFO ", colour: "cyan" as const };
  const moment = `${time.slice(0, 19)}Z`;
  const details = Object.entries(fields).map(([key, value]) => `${key}=${formatValue(value)}`);
  const text = [escapeControls(msg ?? ""), ...details].filter((part) => part !== "").join(" ");
  if (!colour) return `${moment} ${label} ${text}\n`;
  return `${styleText("gray", moment)} ${styleText(levelColour, label)} ${text}\n`;
}

function formatValue(value: unknown): string {
  if (typeof value === "string" && /^[^\s"=\p{Cc}]+$/u.test(value)) return value;
  return JSON.stringify(value);
}

// Names of files and hosts are untrusted: a control character must not move the cursor or start a new line.
// A line feed that a message has on purpose is kept, and what follows it is indented.
function escapeControls(text: string): string {
  return text
    .replace(/[\p{Cc}]/gu, (character) => (character === "\n" ? "\n" : JSON.stringify(character).slice(1, -1)))
    .replaceAll("\n", "\n    ");
}
