import { closeSync, copyFileSync, openSync, readSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { tamperArchive, type UnpackedArchive } from "@catapullt/testkit/tampered-archive";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createDrilledConfluence,
  type DrilledConfluence,
  drillDirectory,
  holdDrill,
  processesIn,
} from "./drill-host.ts";
import { namesIn } from "./restore-host.ts";

let server: ThrowawayMariadb;

beforeAll(async () => {
  server = await startMariadb({ tcp: true });
  await server.execute(
    "ALTER USER root@localhost IDENTIFIED BY ''; CREATE USER root@'%'; GRANT ALL ON *.* TO root@'%'",
  );
});

afterAll(() => server?.stop());

describe("backup-agent drill of a good archive", () => {
  test("passes, says what it restored and how long that took, and leaves nothing but the report", {
    timeout: 180_000,
  }, async () => {
    const { host } = await createDrilledConfluence(server);
    const archive = await host.backUp("confluence");
    const directory = drillDirectory();
    const { exitCode, report } = await holdDrill(host, archive, { directory });
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({
      application: "confluence",
      type: "confluence",
      version: "8.5.4",
      proven: true,
      covers: ["database", "files"],
      databases: [{ server: expect.stringMatching(/^MariaDB \d+\.\d+\.\d+$/), tables: 6 }],
      findings: [],
    });
    expect(report?.figures).toEqual(
      expect.arrayContaining([
        { what: "spaces", count: 2 },
        { what: "pages", count: 50 },
        { what: "attachments", count: 3 },
      ]),
    );
    const recovery = report?.steps.filter(({ isRecovery }) => isRecovery) ?? [];
    expect(recovery.map(({ step }) => step)).toEqual([
      "verify the archive",
      expect.stringMatching(/^load database /),
      "write the files",
    ]);
    expect(report?.recoverySeconds).toBeCloseTo(
      recovery.reduce((sum, { seconds }) => sum + seconds, 0),
      5,
    );
    expect(namesIn(directory)).toEqual([]);
    expect(processesIn(directory)).toEqual([]);
    expect(namesIn(join(host.directory, "state", "drills"))).toEqual([`${archive.replace(/^.*\//, "")}.json`]);
  });

  test.each(["old", "current"] as const)(
    "finds the files of all attachments in the %s layout",
    {
      timeout: 180_000,
    },
    async (layout) => {
      const { host } = await createDrilledConfluence(server, { layout, attachments: 5, database: { attachments: 5 } });
      const { report, exitCode } = await holdDrill(host, await host.backUp("confluence"));
      expect([exitCode, report?.findings]).toEqual([0, []]);
      expect(report?.figures).toContainEqual({ what: "attachments", count: 5 });
    },
  );

  test.each([
    { only: "database", covers: ["database"] },
    { only: "files", covers: ["files"] },
  ])("proves the $only only", { timeout: 180_000 }, async ({ only, covers }) => {
    const { host } = await createDrilledConfluence(server);
    const { report, exitCode } = await holdDrill(host, await host.backUp("confluence"), { args: ["--only", only] });
    expect([exitCode, report?.proven, report?.covers]).toEqual([0, true, covers]);
    expect(report?.steps.some(({ step }) => step === "ask: every attachment has its file")).toBe(false);
  });
});

interface Damage {
  title: string;
  damage: (archive: string) => string;
  finding: { subject: RegExp; message: RegExp };
}

const tampered = (change: (content: UnpackedArchive) => void) => (archive: string) => tamperArchive(archive, change);

const damages: Damage[] = [
  {
    title: "a dump that is cut off between two statements",
    damage: tampered(({ rewriteDump }) => rewriteDump((dump) => dump.slice(0, dump.indexOf("CREATE TABLE `SPACES`")))),
    finding: { subject: /./, message: /closing line|lacks/ },
  },
  {
    title: "a dump that is cut off inside a row",
    damage: tampered(({ rewriteDump }) => rewriteDump((dump) => dump.slice(0, dump.indexOf("Seite 30")))),
    finding: { subject: /./, message: /closing line|could not be loaded/ },
  },
  {
    title: "a missing table",
    damage: tampered(({ rewriteDump }) =>
      rewriteDump((dump) =>
        dump.replace(/CREATE TABLE `PLUGINDATA`[^;]*;/, "").replace(/LOCK TABLES `PLUGINDATA`.*?UNLOCK TABLES;/s, ""),
      ),
    ),
    finding: { subject: /^database /, message: /lacks table PLUGINDATA/ },
  },
  {
    title: "missing rows",
    damage: tampered(({ rewriteDump }) =>
      rewriteDump((dump) => dump.replace(/INSERT INTO `BODYCONTENT` VALUES\n.*?;\n/s, "")),
    ),
    finding: { subject: /^database /, message: /BODYCONTENT has 0 rows, not 50/ },
  },
  {
    title: "a missing trigger",
    damage: tampered(({ rewriteDump }) =>
      rewriteDump((dump) => dump.replace(/\/\*!50003 CREATE\*\/(?:(?!;;).)*content_inserted(?:(?!;;).)*;;/s, "")),
    ),
    finding: { subject: /^database /, message: /lacks trigger content_inserted/ },
  },
  {
    title: "SQL that the server refuses",
    damage: tampered(({ rewriteDump }) =>
      rewriteDump((dump) => dump.replace("CREATE TABLE `SPACES` (", "CREATE TABLE `SPACES` (" + "`x` nonsense,")),
    ),
    finding: { subject: /^database /, message: /could not be loaded.*nonsense/s },
  },
  {
    title: "a manifest that names other figures",
    damage: tampered(({ rewriteManifest }) =>
      rewriteManifest(({ databases }) => {
        for (const table of databases[0]?.tables ?? []) if (table.name === "SPACES") table.rows = 3;
      }),
    ),
    finding: { subject: /^database /, message: /SPACES has 2 rows, not 3/ },
  },
  {
    title: "a manifest that names fewer files",
    damage: tampered(({ rewriteManifest }) =>
      rewriteManifest(({ trees }) => {
        for (const tree of trees) if (tree.label === "home") tree.files -= 1;
      }),
    ),
    finding: { subject: /^archive$/, message: /home, files/ },
  },
  { title: "a flipped byte", damage: flipByte, finding: { subject: /^archive$/, message: /SHA1|damaged|zstd/ } },
];

describe("backup-agent drill of a damaged archive", () => {
  let confluence: DrilledConfluence;
  let archive: string;

  test.each(damages)("fails for $title, and names it", { timeout: 180_000 }, async ({ damage, finding }) => {
    confluence = await createDrilledConfluence(server);
    archive = await confluence.host.backUp("confluence");
    const directory = drillDirectory();
    const { exitCode, report, stderr } = await holdDrill(confluence.host, damage(archive), { directory });
    expect(exitCode).toBe(1);
    expect(report?.proven).toBe(false);
    expect(report?.recoverySeconds).toBeUndefined();
    const found = report?.findings.filter(
      ({ subject, message }) => finding.subject.test(subject) && finding.message.test(message),
    );
    expect(found, JSON.stringify(report?.findings)).toHaveLength(1);
    expect(stderr).toMatch(finding.message);
    expect(namesIn(directory)).toEqual([]);
    expect(processesIn(directory)).toEqual([]);
  });

  test("fails for attachments whose files are missing, and names them", { timeout: 180_000 }, async () => {
    const { host, home, attachments } = await createDrilledConfluence(server);
    rmSync(join(home, attachments[1] ?? ""));
    const { exitCode, report } = await holdDrill(host, await host.backUp("confluence"));
    expect(exitCode).toBe(1);
    expect(report?.findings).toEqual([
      {
        subject: "confluence",
        message: `1 of 3 attachments have no file in ${join(home, "attachments")}: Skizze 0.png (131073, version 2)`,
      },
    ]);
  });

  test("fails for a home and a database of different builds", { timeout: 180_000 }, async () => {
    const { host } = await createDrilledConfluence(server, { database: { buildNumber: 9100 } });
    const { exitCode, report } = await holdDrill(host, await host.backUp("confluence"));
    expect(exitCode).toBe(1);
    expect(report?.findings.map(({ message }) => message)).toEqual([
      "the home is of build 9012, the database of 9100: Confluence refuses to start with them",
    ]);
  });

  test("fails for a database without any content", { timeout: 180_000 }, async () => {
    const { host } = await createDrilledConfluence(server, { database: { pages: 0, attachments: 0, spaces: false } });
    const { exitCode, report } = await holdDrill(host, await host.backUp("confluence"));
    expect(exitCode).toBe(1);
    expect(report?.findings.map(({ message }) => message)).toEqual([
      "the database has neither a space nor a page: is it the one in use?",
    ]);
  });
});

/** A copy of the archive with one bit changed in its middle. */
function flipByte(archive: string): string {
  const path = join(temporaryDirectory("flipped"), archive.replace(/^.*\//, ""));
  copyFileSync(archive, path);
  copyFileSync(`${archive}.sha1`, `${path}.sha1`);
  const file = openSync(path, "r+");
  try {
    const byte = Buffer.alloc(1);
    const middle = Math.floor(statSync(path).size / 2);
    readSync(file, byte, 0, 1, middle);
    writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 0x10]), 0, 1, middle);
  } finally {
    closeSync(file);
  }
  return path;
}
