import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { makeCheckout, shellEnvironment } from "./checkout.ts";

const shown = "`archiver list` shows when an archive was last proven.";

test("changesets become a release: one version for all, one changelog, and the names of packages in the documentation", {
  timeout: 120_000,
}, async () => {
  const checkout = await makeCheckout();
  const read = (path: string) => readFileSync(join(checkout, path), "utf8");
  const run = (program: string, ...words: string[]) =>
    execa(program, words, { cwd: checkout, env: shellEnvironment(), extendEnv: false, stdin: "ignore", reject: false });
  const changeset = (...words: string[]) => run("npx", "-y", "pnpm@12", "changeset", ...words);
  const versions = () =>
    globSync("packages/*/package.json", { cwd: checkout }).map((path) => JSON.parse(read(path)).version);
  const [before, ...others] = new Set(versions());
  expect(others).toEqual([]);
  const [, unreleased = ""] = /^## Unreleased\n\n([\s\S]*?)(?:\n\n## |$(?![\s\S]))/m.exec(read("CHANGELOG.md")) ?? [];

  const added = await changeset("-m", shown, "--minor", "@catapullt/archiver");
  expect(added.exitCode, added.stderr).toBe(0);
  const made = await changeset("version");
  expect(made.exitCode, made.stderr).toBe(0);

  const [version = "", ...more] = new Set(versions());
  expect(more).toEqual([]);
  expect(version).not.toBe(before);
  expect(made.stdout).toContain(`release ${version} is written`);
  expect(readdirSync(join(checkout, ".changeset")).sort()).toEqual(["README.md", "config.json"]);
  expect(globSync("packages/*/CHANGELOG.md", { cwd: checkout })).toEqual([]);
  const changelog = read("CHANGELOG.md");
  expect(changelog).toMatch(new RegExp(`newest first\\.\n\n## ${version} \\(\\d{4}-\\d\\d-\\d\\d\\)\n\n- `));
  expect(changelog).not.toContain("Unreleased");
  expect(changelog).toContain(`\n- ${shown}\n`);
  expect(changelog).toContain(unreleased.trim());
  expect(read("docs/how-to/install.md")).toContain(`catapullt-agents-${version}.tgz`);
  expect(read("docs/how-to/install.md")).not.toContain(`-${before}.tgz`);
  for (const program of ["backup-agent", "notify", "archiver"]) {
    const told = await run(join(checkout, "node_modules/.bin", program), "--version");
    expect(told.stdout).toBe(version);
  }

  const again = await changeset("version");
  expect([again.exitCode, again.stderr]).toEqual([1, expect.stringContaining("there is nothing to release")]);
  expect(read("CHANGELOG.md")).toBe(changelog);
});
