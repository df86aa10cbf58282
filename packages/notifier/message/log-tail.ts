import type { LogTail } from "../outcome.ts";
import type { KeptOutput } from "../wrap/output-tail.ts";
import { hideSecrets, removeControls, shorten } from "./clean.ts";

const fewestLines = 50;
const mostLines = 2_000;
/** What a line is taken to have, in bytes, where more output than usual is kept. */
const usualLine = 1_300;
const longestLine = 500;
/** Let go from the start of one endless line that was cut, since it may begin within a secret. */
const unsafeStart = 4_096;

/** The last lines of a command's output as they can be shown: no escape sequences, no secrets, bounded. */
export function readLogTail({ bytes, isCut, limit = 0 }: KeptOutput): LogTail {
  const text = hideSecrets(
    removeControls(hideSecrets(dropPartialLine(bytes.toString("utf8"), isCut)).replace(/^.*\r(?!\n|$)/gm, "")),
  );
  const lines = text.split("\n").map((line) => shorten(line.trimEnd(), longestLine));
  while (lines.at(-1) === "") lines.pop();
  const shown = lines.slice(-Math.min(mostLines, Math.max(fewestLines, Math.floor(limit / usualLine))));
  return { lines: shown, isCut: isCut || shown.length < lines.length };
}

function dropPartialLine(text: string, isCut: boolean): string {
  if (!isCut) return text;
  const end = text.indexOf("\n");
  return end >= 0 && end < text.length - 1 ? text.slice(end + 1) : text.slice(unsafeStart);
}
