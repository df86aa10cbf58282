import { expect, test } from "vitest";
import { createTerminal } from "./terminal.ts";

const clear = "\r\u001b[J";

function record(isInteractive: boolean, size = { columns: 80, rows: 24 }) {
  const written: string[] = [];
  const terminal = createTerminal(
    isInteractive,
    (text) => written.push(text),
    () => size,
  );
  return { terminal, written, size };
}

test("puts log lines above the lines of progress", () => {
  const { terminal, written } = record(true);
  terminal.showProgress(["50 %"]);
  terminal.write("a log line\n");
  terminal.showProgress([]);
  terminal.write("another\n");
  expect(written).toEqual(["50 %", `${clear}a log line\n50 %`, clear, "another\n"]);
});

test("replaces several lines by others, from the first one's place", () => {
  const { terminal, written } = record(true);
  terminal.showProgress(["one", "two", "three"]);
  terminal.showProgress(["one"]);
  expect(written).toEqual(["one\ntwo\nthree", "\r\u001b[2A\u001b[Jone"]);
});

test("finds the first line's place in a window that became narrower", () => {
  const { terminal, written, size } = record(true);
  terminal.showProgress(["0123456789", "x"]);
  size.columns = 5;
  terminal.showProgress([]);
  expect(written.at(-1)).toBe("\r\u001b[2A\u001b[J");
});

test("does not draw the same lines again", () => {
  const { terminal, written } = record(true);
  terminal.showProgress(["x"]);
  terminal.showProgress(["x"]);
  terminal.showProgress([]);
  terminal.showProgress([]);
  expect(written).toHaveLength(2);
});

test("cuts lines to the terminal's width, and shows control characters of names in them", () => {
  const { terminal, written } = record(true, { columns: 10, rows: 24 });
  terminal.showProgress(["0123456789abc"]);
  terminal.showProgress(["a\n\u001b[2J"]);
  expect(written).toEqual(["012345678", `${clear}a\\n\\u001b`]);
});

test("shows no progress where there is no terminal", () => {
  const { terminal, written } = record(false);
  terminal.showProgress(["50 %"]);
  terminal.write("a log line\n");
  expect(written).toEqual(["a log line\n"]);
});
