import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSmtpSink } from "@catapullt/testkit/smtp-sink";
import { expect, onTestFinished, test } from "vitest";
import { readCodeBlocks } from "./document.ts";
import { documentedArchive, documentedVault, makeDocumentedArchive } from "./documented-archive.ts";
import { path, startHost } from "./lost-host.ts";

test("every command of docs/how-to/drill.md works as it stands there", { timeout: 120_000 }, async () => {
  const host = await startHost();
  const environment = { PATH: path };
  const server = await makeDocumentedArchive(host);
  await server.stop(); // the drill has a server of its own
  const mailServer = await startSmtpSink();
  onTestFinished(() => mailServer.close());
  const { host: address, port } = mailServer;
  const transport = `{ type: smtp, host: ${address}, port: ${port}, security: none, from: b@example.com, to: [a@example.com] }`;
  writeFileSync(join(host.root, "etc/backup-tools/notify.yaml"), `transports:\n  - ${transport}\n`);
  const [command, verdict, cron, ...more] = readCodeBlocks("how-to/drill.md").map(({ content }) => content.trim());
  expect(more).toEqual([]);

  const drill = await host.run(["sh", "-ec", command ?? ""], { environment });
  expect(drill.stderr).not.toMatch(/WARN|ERROR/);
  expect(drill.exitCode).toBe(0);
  const withoutTime = (line = "") => line.replace(/takes .* here/, "takes TIME here");
  expect(withoutTime(drill.stdout.trim().split("\n").at(-1))).toBe(withoutTime(verdict));
  const reports = join(host.root, "var/lib/backup-tools/drills");
  expect(readdirSync(reports)).toContain(`${documentedArchive}.json`);
  expect(readdirSync(join(host.root, "var/tmp")).filter((name) => name.includes("drill"))).toEqual([]);

  const [, line = ""] = /^\S+ \S+ \S+ \S+ \S+ +(.*)$/.exec(cron ?? "") ?? [];
  const monthly = () => host.run(["sh", "-c", line], { environment });
  expect((await monthly()).exitCode).toBe(0);
  expect(mailServer.mails[0]).toMatchObject({
    subject: expect.stringMatching(/OK drill of confluence/),
    text: expect.stringMatching(/proven: a restore takes/),
  });

  const archive = join(host.root, documentedVault, documentedArchive);
  const bytes = readFileSync(archive);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  writeFileSync(archive, bytes);
  expect((await monthly()).exitCode).toBe(1);
  expect(mailServer.mails[1]).toMatchObject({
    subject: expect.stringMatching(/drill of confluence/),
    text: expect.stringMatching(/NOT PROVEN: 1 finding/),
  });
});
