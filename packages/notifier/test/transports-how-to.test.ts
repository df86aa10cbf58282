import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { documentOf } from "../message/document.ts";
import { placeholders } from "../message/template.ts";
import { transportTypes } from "../transports/registry.ts";
import { runNotify, setUp } from "./support.ts";
import { messages } from "./transport-fixtures.ts";

const howTo = readFileSync(new URL("../../../docs/how-to/transports.md", import.meta.url), "utf8");
const items = [...howTo.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, yaml = ""]) => yaml).join("");

it("gives an example of every transport, and all of them are accepted once their secrets exist", async () => {
  const types = [...items.matchAll(/\btype: (\w+)/g)].map(([, type]) => type);
  expect(types.sort()).toEqual([...transportTypes].sort());
  const setup = setUp();
  const configFile = join(setup.directory, "notify.yaml");
  const here = items.replaceAll("/etc/backup-tools/", `${setup.directory}/`);
  for (const [, file = ""] of here.matchAll(/file: (\S+)/g)) writeFileSync(file, "some secret\n", { mode: 0o600 });
  writeFileSync(configFile, `transports:\n${here}`, { mode: 0o600 });
  const { exitCode, stderr } = await runNotify({ ...setup, configFile }, ["config", "check"]);
  expect([exitCode, stderr]).toEqual([0, ""]);
});

it("names every field of the document and every placeholder", () => {
  for (const field of Object.keys(documentOf(messages.failure))) expect(howTo).toContain(`\`${field}\``);
  for (const placeholder of placeholders) expect(howTo).toContain(`\`{{${placeholder}}}\``);
});
