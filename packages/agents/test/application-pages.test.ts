import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "@catapullt/core/config/load";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { expect, it } from "vitest";
import { applicationTypes } from "../applications/registry.ts";
import { agentConfigDescription } from "../config/schema.ts";
import { buildFixture } from "./build-fixture.ts";
import { applicationSettings } from "./fixture-host.ts";
import { loadFixtures } from "./load-fixtures.ts";

const directory = new URL("../../../docs/reference/applications/", import.meta.url);

const sections = [
  "Where it is found",
  "Database",
  "Version",
  "What is saved",
  "What is left out",
  "Keys",
  "At rest",
  "What a drill asks",
  "Restore",
  "Configuration",
  "Not confirmed",
];

const page = (name: string) => readFileSync(new URL(`${name}.md`, directory), "utf8");

it("has one page per type", () => {
  const names = readdirSync(directory).filter((name) => name !== "README.md");
  expect(names.sort()).toEqual(applicationTypes.map(({ name }) => `${name}.md`).sort());
});

it.each(applicationTypes)("the page of $title has the form of all", ({ name, title, sanityChecks }) => {
  const text = page(name);
  expect(text.split("\n")[0]).toBe(`# ${title}`);
  expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(sections);
  for (const check of sanityChecks) expect(text).toContain(check.title);
});

it.each(applicationTypes)("the page of $title names each tree, rule and key of the fixtures", async (type) => {
  const text = page(type.name);
  for (const fixture of await loadFixtures(type.name)) {
    const settings = applicationSettings(fixture.settings);
    const { trees } = await type.locate({ name: type.name, settings, host: buildFixture(fixture) });
    for (const { label, exclude, keys } of trees) {
      expect(text).toContain(`\`${label}\``);
      for (const pattern of [...exclude.map((rule) => rule.pattern), ...keys]) expect(text).toContain(`\`${pattern}\``);
    }
  }
});

it.each(applicationTypes)("the configuration on the page of $title is one", async ({ name }) => {
  const [, yaml = ""] = /```yaml\n(.*?)```/s.exec(page(name)) ?? [];
  const file = join(temporaryDirectory("page"), "agent.yaml");
  writeFileSync(file, yaml);
  const { config } = await loadConfig(agentConfigDescription, { file, environment: {} });
  expect(Object.entries(config.applications).map(([key, { type }]) => type ?? key)).toContain(name);
});
