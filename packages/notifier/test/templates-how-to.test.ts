import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { placeholders } from "../message/template.ts";
import { findTemplateProblems } from "../message/templates/check.ts";
import { sampleDocument } from "../message/templates/sample.ts";
import { runNotify, setUp } from "./support.ts";

const page = readFileSync(new URL("../../../docs/how-to/templates.md", import.meta.url), "utf8");

function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, text = ""]) => text);
}

function setUpPage() {
  const setup = setUp();
  const [config = ""] = blocks("yaml");
  const report = join(setup.directory, "report.json");
  const { archives } = sampleDocument;
  const moments = { startedAt: sampleDocument.startedAt, endedAt: sampleDocument.time };
  const lists = { databases: [], trees: [], warnings: [], failures: [] };
  const run = {
    schemaVersion: 1,
    program: "backup-agent",
    command: "backup",
    host: "wiki01",
    application: "confluence",
  };
  const plain = archives.map(({ version: _, ...archive }) => archive);
  writeFileSync(report, JSON.stringify({ ...run, ...moments, ...lists, outcome: "success", archives: plain }));
  const configFile = join(setup.directory, "notify.yaml");
  writeFileSync(configFile, `stateDir: ${setup.directory}/state\n${config}`, { mode: 0o600 });
  return { ...setup, configFile };
}

describe("docs/how-to/templates.md", () => {
  it("shows commands that work with the configuration that it shows", async () => {
    const setup = setUpPage();
    const [commands = ""] = blocks("sh");
    const calls = commands.trim().split("\n");
    expect(calls).toHaveLength(4);
    for (const call of calls) {
      const args = call.replaceAll("/tmp/", `${setup.directory}/`).split(" ").slice(1);
      const { exitCode, stderr } = await runNotify(setup, args);
      expect([call, exitCode, stderr]).toEqual([call, 0, ""]);
    }
    expect(readFileSync(join(setup.directory, "mail.html"), "utf8")).toContain("What failed");
  });

  it("shows subjects and texts as they come out", async () => {
    const { stdout } = await runNotify(setUpPage(), ["preview"]);
    expect(stdout.toString()).toContain("Subject: [wiki01] confluence: SUCCESS, 1.23 GB\n");
    expect(stdout.toString()).toContain("1.23 GB in 3 min 5 s\n  confluence_20261123T020000Z.tar.zst: 1.23 GB");
  });

  it("shows HTML and a webhook's body without a mistake", () => {
    const [html = ""] = blocks("html");
    const body = /body: '(.*)'/.exec(blocks("yaml")[1] ?? "")?.[1] ?? "";
    expect([html.length > 0, body.length > 0]).toEqual([true, true]);
    expect([findTemplateProblems(html, "html"), findTemplateProblems(body, "json")]).toEqual([[], []]);
  });

  it("names all that can be taken", () => {
    const tables = page.slice(page.indexOf("## What can be taken"), page.indexOf("## HTML"));
    for (const name of placeholders) expect(tables).toContain(`\`${name}\``);
    for (const key of Object.keys(sampleDocument.archives[0] ?? {})) expect(tables).toContain(`\`${key}\``);
    for (const key of Object.keys(sampleDocument.change ?? {})) expect(tables).toContain(`\`${key}\``);
  });
});
