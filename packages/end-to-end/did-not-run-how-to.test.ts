import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startHttpStandIn } from "@catapullt/testkit/http-stand-in";
import type { PrivateHost } from "@catapullt/testkit/private-host";
import { expect, onTestFinished, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { documentedVault, makeDocumentedArchive } from "./documented-archive.ts";
import { path, startHost } from "./lost-host.ts";

/** Writes a page's settings where it says they are, and runs all its commands one after the other. */
async function follow(page: string, host: PrivateHost, settingsFile: string): Promise<void> {
  const blocks = readCodeBlocks(page);
  const contentsOf = (wanted: string) =>
    blocks.filter(({ language }) => language === wanted).map(({ content }) => content);
  writeFileSync(join(host.root, "etc/backup-tools", settingsFile), contentsOf("yaml").join(""), { mode: 0o600 });
  const commands = contentsOf("sh").flatMap((content) => content.trimEnd().split("\n"));
  expect(commands.length).toBeGreaterThan(1);
  for (const command of commands) {
    const { exitCode, stdout, stderr } = await host.run(["sh", "-ec", command], { environment: { PATH: path } });
    expect(exitCode, `${command}\n${stdout}${stderr}`).toBe(0);
  }
}

test("every command of the how-tos on jobs that did not run works as it stands there, with its configuration", {
  timeout: 240_000,
}, async () => {
  const host = await startHost();
  const server = await makeDocumentedArchive(host);
  await server.stop();
  await follow("how-to/did-not-run-notify-check.md", host, "notify.yaml");

  const service = await startHttpStandIn();
  onTestFinished(() => service.close());
  writeFileSync(join(host.root, "etc/backup-tools/confluence.ping"), `${service.origin}/ping/abc\n`, { mode: 0o600 });
  await follow("how-to/did-not-run-pings.md", host, "notify.yaml");
  const pings = service.requests.map((request) => request.path);
  expect(pings).toEqual(["/ping/abc/log", "/ping/abc/start", "/ping/abc"]);

  rmSync(join(host.root, documentedVault), { recursive: true });
  await follow("how-to/did-not-run-archiver-check.md", host, "archiver.yaml");
  writeFileSync(join(host.root, "etc/backup-tools/notify.yaml"), "transports: []\n");
  await follow("how-to/digest.md", host, "notify.yaml");
  const { stdout } = await host.run(["notify", "digest", "--dry-run"], { environment: { PATH: path } });
  expect(stdout).toMatch(/Backups in the vault\n-+\nwiki01\/confluence +OK: newest /);
});

test("the cron lines with an address of their own per job send each job's pings to its own", async () => {
  const host = await startHost();
  const service = await startHttpStandIn();
  onTestFinished(() => service.close());
  await host.run(["mkdir", "-p", "/etc/backup-tools"]);
  const [settings] = readCodeBlocks("how-to/did-not-run-pings.md").filter(({ language }) => language === "yaml");
  writeFileSync(join(host.root, "etc/backup-tools/notify.yaml"), settings?.content ?? "", { mode: 0o600 });
  const lines = readCodeBlocks("how-to/did-not-run-pings.md").flatMap(({ language, content }) =>
    language === "" ? content.trimEnd().split("\n") : [],
  );
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    const [, command = "", job = ""] = /^(?:\S+ +){5}(.* )backup-agent (\w+)$/.exec(line) ?? [];
    writeFileSync(join(host.root, `etc/backup-tools/${job}.ping`), `${service.origin}/ping/${job}\n`, { mode: 0o600 });
    const run = await host.run(["sh", "-ec", `${command}true`], { environment: { PATH: path } });
    expect(run.exitCode, run.stderr).toBe(0);
  }
  const pings = service.requests.map((request) => request.path);
  expect(pings).toEqual(["/ping/confluence/start", "/ping/confluence", "/ping/jira/start", "/ping/jira"]);
});
