import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { makeCheckout, shellEnvironment } from "./checkout.ts";
import { readCodeBlocks } from "./document.ts";
import { startHost } from "./lost-host.ts";

test("every command of docs/how-to/install.md works as it stands there", { timeout: 180_000 }, async () => {
  const checkout = await makeCheckout();
  const [pack = "", install = "", completion = "", ...more] = readCodeBlocks("how-to/install.md").map(
    ({ content }) => content,
  );
  expect(more).toEqual([]);
  await execa("sh", ["-ec", pack], { cwd: checkout, env: shellEnvironment(), extendEnv: false });

  const host = await startHost();
  const prefix = "/opt/npm";
  const node = join(process.execPath, "..");
  const environment = {
    PATH: `${prefix}/bin:${node}:/usr/sbin:/usr/bin:/sbin:/bin`,
    NPM_CONFIG_PREFIX: prefix,
    HOME: "/root",
  };
  for (const script of [install, completion]) {
    const result = await host.run(["sh", "-ec", script], { environment, directory: checkout });
    expect(result.exitCode, `${script}\n${result.stdout}${result.stderr}`).toBe(0);
    if (script === install) expect(result.stdout).toMatch(/\d+\.\d+\.\d+ \([0-9a-f]{10}\)/);
  }
  for (const program of ["backup-agent", "notify", "archiver"]) {
    expect(existsSync(join(host.root, prefix, "share/man/man1", `${program}.1`))).toBe(true);
    expect(readFileSync(join(host.root, "etc/bash_completion.d", program), "utf8")).toContain(`complete -o default`);
  }
});
