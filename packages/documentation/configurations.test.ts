import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, test } from "vitest";
import { findConfigurationProblem, findConfigurations } from "./configurations.ts";
import { listPages, parsePage, readPage } from "./page.ts";

/** Pages that show configurations of other programs. */
const others = /^ansible\/|prometheus/;

const pages = listPages()
  .filter((path) => !others.test(path))
  .map(readPage)
  .filter((page) => findConfigurations(page).length > 0);

test.each(pages)("$path shows configurations that their programs accept", async (page) => {
  const directory = temporaryDirectory("configurations");
  for (const block of findConfigurations(page)) {
    expect(await findConfigurationProblem(block, directory), `${page.path}:${block.line}`).toBeUndefined();
  }
});

test.each([
  ["vault: /srv/backups\nhosts: { wiki01: { adress: wiki01.example.com, path: / } }\n", "adress: unknown key"],
  ["retention: { last: 3, dayly: 7 }\n", "dayly: unknown key"],
  ["- type: smpt\n  host: mail.example.com\n", "smtp"],
  ["transports: [\n", "is not YAML"],
  ["colour: red\n", "no program knows its keys"],
])("a configuration that no program accepts is found: %j", async (content, problem) => {
  const [block] = parsePage("page.md", `\`\`\`yaml\n${content}\`\`\`\n`).codeBlocks;
  if (block === undefined) throw new Error("there is no block");
  expect(await findConfigurationProblem(block, temporaryDirectory("configurations"))).toContain(problem);
});
