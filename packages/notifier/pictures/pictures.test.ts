import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { createSample } from "../preview/samples.ts";
import { sampleStates } from "../preview/states.ts";
import { fingerprint, pictures } from "./list.ts";

const directory = new URL("../../../docs/pictures/", import.meta.url);
const largest = 150_000;
const pngStart = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

it("shows mails as they look now", () => {
  const drawn = JSON.parse(readFileSync(new URL("pictures.json", directory), "utf8"));
  const present = Object.fromEntries(pictures.map((picture) => [picture.file, fingerprint(picture)]));
  expect(drawn, "run: npx -y pnpm@12 pictures").toEqual(present);
});

const page = readFileSync(new URL("../messages.md", directory), "utf8");

it.each(sampleStates)("quotes the subject of a %s as it is now", (state) => {
  expect(page).toContain(`\n\`${createSample(state).message.subject}\`\n`);
});

it("shows the text of a success as it is now", () => {
  expect(page).toContain(`\`\`\`\n${createSample("success").message.text}\`\`\`\n`);
});

it.each(pictures)("has $file, as wide as it says, small, and shown on the page", ({ file, width }) => {
  const png = readFileSync(new URL(file, directory));
  expect(png.subarray(0, pngStart.length)).toEqual(pngStart);
  expect([png.readUInt32BE(16), png.length < largest]).toEqual([width, true]);
  expect(page).toContain(`](pictures/${file})`);
});
