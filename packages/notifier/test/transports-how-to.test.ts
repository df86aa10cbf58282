import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { documentOf } from "../message/document.ts";
import { placeholders } from "../message/template.ts";
import { transportTypes } from "../transports/registry.ts";
import { runNotify, setUp } from "./support.ts";
import { messages } from "./transport-fixtures.ts";

const directory = fileURLToPath(new URL("../../../docs/how-to/transports/", import.meta.url));
const readPage = (name: string) => readFileSync(join(directory, name), "utf8");
const pages = transportTypes.map((type) => `${type}.md`);

/** The entries of `transports` that a page shows. */
function examplesOf(page: string): string {
  return [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
    .map(([, yaml = ""]) => yaml.replace("transports:\n", ""))
    .join("");
}

describe("the how-tos of transports", () => {
  it("are one for each type, all of which the index names", () => {
    expect(readdirSync(directory).sort()).toEqual(["README.md", ...pages].sort());
    for (const page of pages) expect(readPage("README.md")).toContain(`[${page.replace(".md", "")}](${page})`);
  });

  it.each(pages)("have one form: %s", (page) => {
    const headings = [...readPage(page).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    const common = ["What you need", "Configuration", "What arrives", "Limits", "When it fails"];
    expect(headings.filter((heading) => common.includes(heading ?? ""))).toEqual(common);
    expect(readPage(page)).toMatch(new RegExp(`^# .*\\(\`${page.replace(".md", "")}\`\\)\n`));
  });

  it.each(["README.md", ...pages])("lead to pages that exist: %s", (page) => {
    const links = [...readPage(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) => target);
    expect(links.filter((target) => !existsSync(resolve(directory, target)))).toEqual([]);
  });

  it.each(["README.md", ...pages])("show settings that are accepted once their secrets exist: %s", async (page) => {
    const examples = examplesOf(readPage(page));
    if (page !== "README.md") {
      const types = [...examples.matchAll(/\btype: (\w+)/g)].map(([, type]) => `${type}.md`);
      expect([...new Set(types)]).toEqual([page]);
    }
    const setup = setUp();
    const configFile = join(setup.directory, "notify.yaml");
    const here = examples.replaceAll("/etc/backup-tools/", `${setup.directory}/`);
    for (const [, file = ""] of here.matchAll(/file: ([^\s,}]+)/g))
      writeFileSync(file, "some secret\n", { mode: 0o600 });
    writeFileSync(configFile, `transports:\n${here.replace(/^(?=.)/gm, "  ")}`, { mode: 0o600 });
    const { exitCode, stderr } = await runNotify({ ...setup, configFile }, ["config", "check"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
  });

  it("name every field of the document and every placeholder", () => {
    const page = readPage("webhook.md");
    for (const field of Object.keys(documentOf(messages.failure))) expect(page).toContain(`\`${field}\``);
    for (const placeholder of placeholders) expect(page).toContain(`\`{{${placeholder}}}\``);
  });
});
