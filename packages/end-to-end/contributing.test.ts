import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(`${repository}${path}`, "utf8");
const text = read("CONTRIBUTING.md");
const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);

test("CONTRIBUTING.md names files and directories that are there", () => {
  const links = [...text.matchAll(/\]\(([^)#:]+)/g)].map(([, target = ""]) => target);
  const named = spans.filter((span) => /^(?:packages|docs|ansible)\b[\w./-]*$/.test(span) && !span.includes("NAME"));
  expect(named.length).toBeGreaterThan(30);
  expect([...links, ...named].filter((path) => !existsSync(`${repository}${path}`))).toEqual([]);
});

test("CONTRIBUTING.md names scripts that package.json has, and package.json none that it does not name", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const named = [...text.matchAll(/pnpm@12 ([\w:]+)/g)].map(([, script = ""]) => script);
  expect([...new Set(named)].filter((name) => name !== "exec").sort()).toEqual(
    Object.keys(scripts)
      .filter((name) => name !== "test")
      .sort(),
  );
});

test("a transport takes fewer than 100 lines with its settings and its test", () => {
  const transport = read("packages/notifier/transports/gotify.ts");
  const settings = /^export const gotifySettingsSchema[\s\S]*?^ {2}\}\);\n/m.exec(
    read("packages/notifier/transports/account-settings.ts"),
  );
  const registered = read("packages/notifier/transports/registry.ts").match(/^.*gotify.*$/gim) ?? [];
  const tests = /^describeTransport\("gotify"[\s\S]*?^\}\);\n/m.exec(
    read("packages/notifier/test/phone-and-service-transports.test.ts"),
  );
  const parts = [transport, settings?.[0] ?? "", `${registered.join("\n")}\n`, tests?.[0] ?? ""];
  const lines = parts.map((part) => part.split("\n").length - 1);
  expect(Math.min(...lines)).toBeGreaterThan(2);
  expect(lines.reduce((sum, count) => sum + count)).toBeLessThan(100);
});
