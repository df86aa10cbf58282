import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArchiveName } from "@catapullt/core/archive/name";
import { lastRunFile } from "@catapullt/core/report/last-run";
import { waitFor } from "@catapullt/testkit/wait-for";
import { expect, test } from "vitest";
import { createRestoreHost, namesIn } from "./restore-host.ts";

test("prune removes archive and sidecar, leaves the rest alone, and removes nothing in a dry run", async () => {
  const host = createRestoreHost();
  const source = join(host.directory, "file");
  writeFileSync(source, "content");
  const lines = `  intranet: { type: generic, version: { value: "1" }, paths: [${source}] }`;
  host.configure(lines);
  for (let run = 0; run < 3; run += 1) expect((await host.run("backup", "intranet")).exitCode).toBe(0);
  const place = join(host.workDirectory, "intranet");
  // Backups within one second have names of the next ones, and what is of the future is kept.
  const newest = namesIn(place).findLast((name) => parseArchiveName(name) !== undefined) ?? "";
  await waitFor(() => Date.now() > Number(parseArchiveName(newest)?.time));
  const unfinished = "intranet_20200101T000000Z.tar.zst";
  writeFileSync(join(place, unfinished), "no sidecar");
  writeFileSync(join(place, "notes.txt"), "foreign");
  const before = namesIn(place);

  const untouched = await host.run("prune", "intranet");
  expect(untouched.exitCode).toBe(0);
  expect(namesIn(place)).toEqual(before);
  host.configure(`${lines}\nretention: { last: 1 }`);
  const dryRun = await host.run("prune", "intranet", "--dry-run", "--json");
  expect(namesIn(place)).toEqual(before);
  const decisions = JSON.parse(dryRun.stdout);
  expect(decisions.map(({ action }: { action: string }) => action)).toEqual(["keep", "remove", "remove"]);

  const { exitCode, stdout } = await host.run("prune", "intranet");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/remove +intranet_\d{8}T\d{6}Z\.tar\.zst +no rule keeps it/);
  const [{ name }] = decisions;
  expect(namesIn(place)).toEqual([lastRunFile, name, `${name}.sha1`, unfinished, "notes.txt"].sort());
});
