import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createRestoreHost } from "./restore-host.ts";
import { mariadbRoundTrip } from "./round-trip-mariadb.ts";
import { postgresqlRoundTrip } from "./round-trip-postgresql.ts";
import { sqliteRoundTrip } from "./round-trip-sqlite.ts";
import { account } from "./round-trip-subject.ts";

describe.each([mariadbRoundTrip, postgresqlRoundTrip, sqliteRoundTrip])(
  "$title, backed up, dropped and restored",
  (subject) => {
    beforeAll(() => subject.start());
    afterAll(() => subject.stop());

    test.each(subject.cases)("brings back $title", { timeout: 240_000 }, async ({ database, fill }) => {
      onTestFinished(() => subject.drop(database));
      await subject.create(database);
      await fill(database);
      const before = await subject.fingerprint(database);
      const host = createRestoreHost(
        `  intranet: { type: generic, version: { value: "1" }, databases: [${JSON.stringify(subject.entry(database))}] }`,
      );
      const archive = await host.backUp("intranet");
      await subject.drop(database);
      expect(await subject.exists(database)).toBe(false);

      if (subject.prepare !== undefined) {
        const plan = await host.run("restore", "intranet", archive, "--dry-run");
        expect(plan).toMatchObject({ exitCode: 0 });
        await subject.prepare(plan.stdout);
      }
      const { exitCode, stdout, stderr } = await host.run("restore", "intranet", archive, "--yes");

      expect(stderr).not.toMatch(/ERROR/);
      expect(exitCode).toBe(0);
      expect(stdout + stderr).not.toContain(account.password.trim());
      expect(await subject.fingerprint(database)).toEqual(before);
    });

    test("would not pass for equal with any little thing changed", { timeout: 240_000 }, async () => {
      const { database, fill } = subject.awkward;
      onTestFinished(() => subject.drop(database));
      await subject.create(database);
      await fill(database);
      let before = await subject.fingerprint(database);
      expect(await subject.fingerprint(database)).toEqual(before);
      for (const change of subject.changes) {
        await subject.execute(database, change);
        const after = await subject.fingerprint(database);
        expect(after, change).not.toEqual(before);
        before = after;
      }
    });
  },
);
