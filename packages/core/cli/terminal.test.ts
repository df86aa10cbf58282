import { expect, test } from "vitest";
import { createTerminal } from "./terminal.ts";

const clear = "\r\u001b[2K";

function record(isInteractive: boolean, columns = 80) {
  const written: string[] = [];
  const terminal = createTerminal(
    isInteractive,
    (text) => written.push(text),
    () => columns,
  );
  return { terminal, written };
}

test("puts log lines above the progress line", () => {
  const { terminal, written } = record(true);
  terminal.showProgress("50 %");
  terminal.write("a log line\n");
  terminal.showProgress("");
  terminal.write("another\n");
  expect(written).toEqual([`${clear}50 %`, `${clear}a log line\n50 %`, clear, "another\n"]);
});

test("does not draw the same line again", () => {
  const { terminal, written } = record(true);
  terminal.showProgress("x");
  terminal.showProgress("x");
  terminal.showProgress("");
  terminal.showProgress("");
  expect(written).toHaveLength(2);
});

test("cuts the progress line to the terminal's width, and shows control characters of names in it", () => {
  const { terminal, written } = record(true, 10);
  terminal.showProgress("0123456789abc");
  terminal.showProgress("a\n\u001b[2J");
  expect(written).toEqual([`${clear}012345678`, `${clear}a\\n\\u001b`]);
});

test("shows no progress where there is no terminal", () => {
  const { terminal, written } = record(false);
  terminal.showProgress("50 %");
  terminal.write("a log line\n");
  expect(written).toEqual(["a log line\n"]);
});
