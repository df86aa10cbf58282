import { readFileSync, writeFileSync } from "node:fs";
import { generateSections } from "./documents.ts";
import { replaceSection } from "./generated-section.ts";

const repository = new URL("../../", import.meta.url);

for (const { document, section, content } of generateSections()) {
  const file = new URL(document, repository);
  writeFileSync(file, replaceSection(readFileSync(file, "utf8"), section, content));
}
