import { styleText } from "node:util";
import { escapeControls, escapeControlsInLines } from "@catapullt/core/printable";
import type { FindingState } from "./finding.ts";
import type { Diagnosis, Section } from "./run.ts";

const colours = { ok: "green", warning: "yellow", failure: "red" } as const;

/** The diagnosis for people: what was seen of the host and of each application, each trouble with its fix below. */
export function renderDiagnosis({ sections }: Diagnosis, { colour }: { colour: boolean }): string {
  const body = sections.map((section) => renderSection(section, colour)).join("\n");
  const all = sections.flatMap(({ findings }) => findings);
  const count = (state: FindingState) => all.filter((finding) => finding.state === state).length;
  const [failures, warnings] = [count("failure"), count("warning")];
  const verdict =
    failures > 0
      ? `tonight's backup would fail: ${plural(failures, "failure")}, ${plural(warnings, "warning")}`
      : `nothing here would make tonight's backup fail: ${plural(warnings, "warning")}`;
  return `${body}\n${verdict}\n`;
}

function renderSection({ title, findings }: Section, colour: boolean): string {
  const lines = findings.map(({ state, check, message, fix }) => {
    const mark = colour ? styleText(colours[state], state.padEnd(7), { validateStream: false }) : state.padEnd(7);
    const [first = "", ...rest] = escapeControlsInLines(message).split("\n");
    const fixes = fix === undefined ? [] : escapeControlsInLines(fix).split("\n");
    const below = [...rest, ...fixes.map((line, index) => (index === 0 ? `-> ${line}` : `   ${line}`))];
    return [`  ${mark}  ${check}: ${first}`, ...below.map((line) => `           ${line}`)].join("\n");
  });
  return `${escapeControls(title)}\n${lines.join("\n")}\n`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
