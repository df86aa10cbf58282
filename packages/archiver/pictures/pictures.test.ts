import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fingerprint, pictures } from "./list.ts";

const directory = new URL("../../../docs/pictures/report/", import.meta.url);
const largest = 200_000;

it("shows the page as it looks now", () => {
  const drawn = JSON.parse(readFileSync(new URL("pictures.json", directory), "utf8"));
  const present = Object.fromEntries(pictures.map((picture) => [picture.file, fingerprint(picture)]));
  expect(drawn, "run: npx -y pnpm@12 pictures").toEqual(present);
});

const howTo = readFileSync(new URL("../../how-to/report.md", directory), "utf8");

it.each(pictures)("has $file, small, and shown in the how-to", ({ file }) => {
  const png = readFileSync(new URL(file, directory));
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect(png.length).toBeLessThan(largest);
  expect(howTo).toContain(`](../pictures/report/${file})`);
});
