import type { CommandResult } from "@catapullt/core/cli/result";
import { exitCodes } from "@catapullt/core/exit-codes";
import { escapeControls } from "@catapullt/core/printable";
import type { DoctorLine } from "./line.ts";

/** What was found, for people and for programs. */
export function doctorResult(lines: readonly DoctorLine[]): CommandResult {
  const shown = lines.map(({ message, fix, ...line }) => ({
    ...line,
    message: escapeControls(message),
    fix: fix === null ? null : fix.split("\n").map(escapeControls).join("\n"),
  }));
  const count = (status: DoctorLine["status"]) => lines.filter((line) => line.status === status).length;
  const healthy = count("fail") === 0;
  return {
    text: `${formatLines(shown)}\n${summarize(count("fail"), count("warn"))}\n`,
    json: { healthy, lines: shown },
    exitCode: healthy ? exitCodes.done : exitCodes.failed,
  };
}

function formatLines(lines: readonly DoctorLine[]): string {
  const width = Math.max(...lines.map(({ check }) => check.length));
  let host: string | undefined;
  return lines
    .flatMap((line) => {
      const heading = line.host === host ? [] : [line.host === "" ? "vault" : line.host];
      host = line.host;
      const indent = " ".repeat(width + 10);
      const fix = line.fix === null ? [] : line.fix.split("\n").map((text) => `${indent}${text}`);
      return [...heading, `  ${line.status.padEnd(4)}  ${line.check.padEnd(width)}  ${line.message}`, ...fix];
    })
    .join("\n");
}

function summarize(failures: number, warnings: number): string {
  if (failures === 0 && warnings === 0) return "all is well";
  return `${failures} failed, ${warnings} ${warnings === 1 ? "warning" : "warnings"}`;
}
