import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { generateSections } from "./documents.ts";
import { replaceSection } from "./generated-section.ts";

test.each(generateSections())("$document says what the code says ($section)", ({ document, section, content }) => {
  const text = readFileSync(new URL(`../../${document}`, import.meta.url), "utf8");

  expect(text, "run: npx -y pnpm@12 reference").toBe(replaceSection(text, section, content));
});

test("a document without the section is an error", () => {
  expect(() => replaceSection("# Title\n", "keys", "…")).toThrow("there is no section keys");
});
