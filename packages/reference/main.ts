import { readFileSync, writeFileSync } from "node:fs";
import { generateSections } from "./documents.ts";
import { replaceSection } from "./generated-section.ts";

const directory = new URL("../../docs/reference/", import.meta.url);

for (const { document, section, content } of generateSections()) {
  const file = new URL(document, directory);
  writeFileSync(file, replaceSection(readFileSync(file, "utf8"), section, content));
}
