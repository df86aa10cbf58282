import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createAwkwardTree } from "@catapullt/testkit/awkward-tree";
import { describeTree } from "@catapullt/testkit/describe-tree";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { followGuide } from "./follow-guide.ts";
import { createRestoreHost } from "./restore-host.ts";
import { mariadbRoundTrip } from "./round-trip-mariadb.ts";
import { postgresqlRoundTrip } from "./round-trip-postgresql.ts";
import { sqliteRoundTrip } from "./round-trip-sqlite.ts";

describe.each([mariadbRoundTrip, sqliteRoundTrip, postgresqlRoundTrip])("RESTORE.md with $title", (subject) => {
  beforeAll(() => subject.start());
  afterAll(() => subject.stop());

  test("followed to the letter brings back files and database", { timeout: 240_000 }, async () => {
    const { database, fill } = subject.awkward;
    onTestFinished(() => subject.drop(database));
    await subject.create(database);
    await fill(database);
    const host = createRestoreHost();
    const tree = join(host.directory, "data of\tthe 'application'");
    createAwkwardTree(tree);
    const single = join(host.directory, "etc", "one file.conf");
    mkdirSync(dirname(single));
    writeFileSync(single, "key = value\n", { mode: 0o600 });
    const paths = JSON.stringify([tree, single]);
    host.configure(
      `  intranet: { type: generic, version: { value: "1" }, paths: ${paths}, databases: [${JSON.stringify(subject.entry(database))}] }`,
    );
    const before = {
      database: await subject.fingerprint(database),
      tree: describeTree(tree),
      single: describeTree(single),
    };
    const archive = await host.backUp("intranet");
    await subject.drop(database);
    for (const path of [tree, dirname(single)]) rmSync(path, { recursive: true });
    expect(await subject.exists(database)).toBe(false);

    const guide = await followGuide(archive, subject.administrator);

    expect(guide).toContain(basename(archive));
    expect(await subject.fingerprint(database)).toEqual(before.database);
    expect(describeTree(tree)).toEqual(before.tree);
    expect(describeTree(single)).toEqual(before.single);
  });
});
