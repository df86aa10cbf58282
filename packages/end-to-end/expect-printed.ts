import { expect } from "vitest";

/** The lines that the page shows are among those that were printed, whatever their sizes, times and columns. */
export function expectPrinted(printed: string, shown: string): void {
  const comparable = (text: string) =>
    text
      .replaceAll(/[\d.,]+ [kMG]?B\b/g, "SIZE")
      .replaceAll(/(?<=mysql )\d\S+/g, "RELEASE")
      .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?|(?<=restore-)\d{8}T\d{6}Z/g, "TIME")
      .split("\n")
      .map((line) => line.trim().replaceAll(/\s+/g, " "))
      .filter((line) => line !== "");
  expect(comparable(printed)).toEqual(expect.arrayContaining(comparable(shown)));
}
