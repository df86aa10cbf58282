import { readFileSync, rmSync } from "node:fs";
import { programEnvironment } from "@catapullt/testkit/programs";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";

const repository = new URL("../../", import.meta.url).pathname;

async function runDemo(...args: string[]): Promise<string> {
  const base = programEnvironment();
  const { stdout } = await execa(process.execPath, [`${repository}packages/demo/main.ts`, ...args], {
    all: true,
    extendEnv: false,
    env: { ...base, PATH: `${repository}node_modules/.bin:${base.PATH}` },
    stdin: "ignore",
  }).then(({ all }) => ({ stdout: all }));
  const place = /Remove it all: rm -r (\S+)/.exec(stdout)?.[1];
  onTestFinished(() => {
    if (place !== undefined) rmSync(place, { recursive: true });
  });
  return stdout;
}

/** What differs from run to run, taken out: places, times, figures. */
function withoutFigures(output: string): string {
  return output
    .replace(/\/\S*backup-tools-demo-\w+/g, "DEMO")
    .replace(/\b[0-9a-f]{40}\b/g, "SHA1")
    .replace(/ on \S+?(?=[:\s]|$)/gm, " on HOST")
    .replace(/[\d.,]+ (s|min|kB|MB|B)(\/s)?\b/g, "FIGURE")
    .replace(/\d+/g, "0")
    .replace(/ +/g, " ")
    .replace(/ +$/gm, "")
    .trim();
}

test("the demo runs the main job, and the README shows what it prints", async () => {
  const output = await runDemo();

  expect(output).toMatch(/gitea_\d{8}T\d{6}Z\.tar\.zst: OK/);
  expect(output).toMatch(/Subject: .*OK gitea/);
  const readme = readFileSync(`${repository}README.md`, "utf8");
  const shown = /<!-- demo -->\s*```\n([\s\S]*?)\n```\s*<!-- \/demo -->/.exec(readme)?.[1] ?? "";
  expect(withoutFigures(output)).toBe(withoutFigures(shown));
});

test("the demo runs the main job for Confluence on MariaDB and OpenSSH", async () => {
  const output = await runDemo("--real");

  expect(output).toMatch(/confluence_\d{8}T\d{6}Z\.tar\.zst: OK/);
  expect(output).toMatch(/Subject: .*OK confluence/);
  expect(output).toMatch(/8\.5\.4/);
});
