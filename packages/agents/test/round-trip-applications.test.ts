import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bitbucketAdministrator, startBitbucketServer } from "@catapullt/testkit/bitbucket-server";
import { describeTree } from "@catapullt/testkit/describe-tree";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type ApplicationSubject, applicationSubjects, type SubjectConnection } from "./application-subjects.ts";
import { holdDrill } from "./drill-host.ts";
import { createRestoreHost } from "./restore-host.ts";
import { mariadbRoundTrip } from "./round-trip-mariadb.ts";
import { postgresqlRoundTrip } from "./round-trip-postgresql.ts";
import type { RoundTripSubject } from "./round-trip-subject.ts";

/** Everything of these directories that a backup must bring back. */
function describeData(directory: string, data: readonly string[], disposable: RegExp): Record<string, string> {
  const entries = data.flatMap((name) =>
    Object.entries(describeTree(join(directory, name))).map(([path, what]) => [join(name, path), what] as const),
  );
  return Object.fromEntries(entries.filter(([path]) => !disposable.test(path)));
}

/** Settings of the maintenance mode, and a Bitbucket that has one. */
async function bringToRest({ type }: ApplicationSubject) {
  if (type !== "bitbucket") return { settings: {}, expectRest: () => {} };
  const bitbucket = await startBitbucketServer();
  onTestFinished(() => bitbucket.close());
  return {
    settings: { maintenance: { url: bitbucket.origin, ...bitbucketAdministrator } },
    expectRest() {
      expect(bitbucket.steps().filter((step) => /maintenance\/lock/.test(step))).toHaveLength(2);
      expect(bitbucket.isLocked()).toBe(false);
    },
  };
}

describe.each([mariadbRoundTrip, postgresqlRoundTrip])("on $title", (server: RoundTripSubject) => {
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  test.each(applicationSubjects)(
    "a $type is backed up, proven, lost with its database, and comes back with everything",
    { timeout: 240_000 },
    async (subject) => {
      const { type, sql, disposable } = subject;
      const database = `my ${type}`;
      onTestFinished(() => server.drop(database));
      await server.create(database);
      await server.execute(database, sql);
      const host = createRestoreHost();
      const directory = join(host.directory, "host");
      const { settings, data } = subject.build(directory, server.entry(database) as SubjectConnection);
      const rest = await bringToRest(subject);
      host.configure(`  ${type}: ${JSON.stringify({ ...settings, ...rest.settings })}`);
      const before = {
        data: describeData(directory, data, disposable),
        database: await server.fingerprint(database),
      };

      const archive = await host.backUp(type);
      rest.expectRest();

      const drill = await holdDrill(host, archive);
      expect([drill.exitCode, drill.report?.findings], drill.stderr).toEqual([0, []]);
      expect(drill.report?.figures.map(({ count }) => count)).toEqual(expect.arrayContaining([3]));

      for (const name of data) rmSync(join(directory, name.split("/")[0] ?? ""), { recursive: true, force: true });
      await server.drop(database);
      expect(await server.exists(database)).toBe(false);

      const { exitCode, stdout, stderr } = await host.run("restore", type, archive, "--yes");
      expect(stderr).not.toMatch(/ERROR/);
      expect(exitCode).toBe(0);
      const { password } = server.entry(database) as SubjectConnection;
      expect(stdout + stderr).not.toContain(password.trim());
      expect(describeData(directory, data, disposable)).toEqual(before.data);
      expect(await server.fingerprint(database)).toEqual(before.database);

      // What was restored can be found and backed up again as it is.
      const again = await host.run("backup", type);
      expect([again.exitCode, existsSync(again.stdout.trim())], again.stderr).toEqual([0, true]);
    },
  );
});
