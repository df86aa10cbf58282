import { describe, expect, test } from "vitest";
import { chartCharacters, drawBar, drawColumns } from "./chart.ts";

const utf8 = chartCharacters({ LANG: "de_DE.UTF-8" });
const ascii = chartCharacters({});
const day = 86_400_000;

function samples(sizes: readonly number[], days: readonly number[] = sizes.map((_, index) => index)) {
  return sizes.map((bytes, index) => ({ bytes, time: new Date((days[index] ?? 0) * day) }));
}

describe("chartCharacters", () => {
  test.each([
    ["block characters", { LANG: "C.UTF-8" }, "▁▂▃▄▅▆▇█"],
    ["block characters by the locale's other spelling", { LC_CTYPE: "en_US.utf8", LANG: "C" }, "▁▂▃▄▅▆▇█"],
    ["ASCII under cron", {}, "_.:-=+*#"],
    ["ASCII where LC_ALL overrules the rest", { LC_ALL: "C", LANG: "C.UTF-8" }, "_.:-=+*#"],
    ["ASCII on a dumb terminal", { LANG: "C.UTF-8", TERM: "dumb" }, "_.:-=+*#"],
  ])("takes %s", (_, environment, columns) => {
    expect(chartCharacters(environment).columns).toBe(columns);
  });
});

describe("drawColumns", () => {
  test("draws from nothing to the largest size", () => {
    expect(drawColumns(samples([0, 1, 2, 3, 4, 5, 6, 7, 8]), 30, utf8)).toBe("▁▁▂▃▄▅▆▇█");
    expect(drawColumns(samples([1, 2, 3, 4, 5, 6, 7, 8]), 30, ascii)).toBe("_.:-=+*#");
  });

  test("shows half a size as half a column, and noise as next to nothing", () => {
    expect(drawColumns(samples([1000, 1010, 990, 1005, 500]), 30, utf8)).toBe("████▄");
  });

  test("leaves blanks for backups that are missing, three at most", () => {
    expect(drawColumns(samples([8, 8, 8, 8, 8], [0, 1, 2, 4, 5]), 30, utf8)).toBe("███ ██");
    expect(drawColumns(samples([8, 8, 8, 8, 8], [0, 1, 2, 3, 90]), 30, utf8)).toBe("████   █");
  });

  test("shows the newest where there are more than fit", () => {
    expect(drawColumns(samples([8, 8, 8, 4, 2]), 3, utf8)).toBe("█▄▂");
    expect(drawColumns(samples([1, 8], [0, 1]), 1, utf8)).toBe("█");
  });

  test.each([
    ["no backups", [], ""],
    ["one", [5], "█"],
    ["empty ones", [0, 0], "▁▁"],
  ])("draws %s", (_, sizes, drawn) => {
    expect(drawColumns(samples(sizes), 30, utf8)).toBe(drawn);
  });

  test("takes several backups within one second", () => {
    expect(drawColumns(samples([8, 8, 8], [0, 0, 0]), 30, utf8)).toBe("███");
  });
});

describe("drawBar", () => {
  test("is as long as the share, to an eighth of a character", () => {
    expect(drawBar(1, 4, utf8)).toBe("████");
    expect(drawBar(0.5, 4, utf8)).toBe("██");
    expect(drawBar(0.53, 4, utf8)).toBe("██▏");
    expect(drawBar(0, 4, utf8)).toBe("");
    expect(drawBar(0.5, 4, ascii)).toBe("##");
  });
});
