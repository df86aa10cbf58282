import { join } from "node:path";
import { databaseFingerprint } from "@catapullt/testkit/database-fingerprint";
import { startMariadb, type ThrowawayMariadb } from "@catapullt/testkit/mariadb";
import { temporaryDirectory } from "@catapullt/testkit/temporary-directory";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DatabaseSettings, SkippableKind } from "../databases/engine.ts";
import { mysqlEngine } from "../databases/mysql/engine.ts";
import { dumpToFile, restoreByHand, testContext } from "./engine-conformance.ts";

let server: ThrowawayMariadb;
let accounts = 0;

beforeAll(async () => {
  server = await startMariadb();
  // A neighbour whose name the unescaped pattern `conf_x` would match too.
  await server.execute("CREATE DATABASE conf_x; CREATE DATABASE confyx");
  await server.execute(
    `CREATE TABLE page (id INT PRIMARY KEY, title TEXT);
    CREATE TABLE user (id INT PRIMARY KEY);
    INSERT INTO page VALUES (1, 'one'), (2, 'two');
    CREATE TRIGGER guard BEFORE INSERT ON page FOR EACH ROW SET NEW.title = TRIM(NEW.title);
    CREATE VIEW titles AS SELECT title FROM page;
    CREATE FUNCTION answer () RETURNS INT RETURN 42;
    CREATE PROCEDURE rebuild () SELECT 1;
    CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1;`,
    "conf_x",
  );
  await server.execute(
    "CREATE ROLE reader; GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON `conf\\_x`.* TO reader; GRANT SELECT ON mysql.proc TO reader",
  );
  await server.execute("CREATE ROLE outer_role; GRANT reader TO outer_role");
});

afterAll(async () => {
  await server?.stop();
});

async function userWith(grants: readonly string[], skip: readonly SkippableKind[] = []): Promise<DatabaseSettings> {
  accounts += 1;
  const user = `user ${accounts}`;
  await server.createUser(user, "secret-word", grants);
  return { engine: "mysql", name: "conf_x", socket: server.socket, user, password: "secret-word", skip };
}

const objects = "SELECT, SHOW VIEW, TRIGGER, EVENT ON `conf\\_x`.*";
const routines = "SELECT ON mysql.proc";

describe("a user", () => {
  test.each([
    ["what is needed and nothing more", [objects, routines], ""],
    ["a global grant", ["SELECT, SHOW VIEW, TRIGGER, EVENT ON *.*"], ""],
    ["all privileges everywhere", ["ALL PRIVILEGES ON *.*"], ""],
    ["all on the database, and the routines", ["ALL PRIVILEGES ON conf_x.*", routines], ""],
    ["a grant on a pattern", [objects.replace("conf\\_x", "conf%"), routines], ""],
    [
      "parts of it everywhere and parts on the database",
      ["SELECT, EVENT ON *.*", "TRIGGER, SHOW VIEW ON conf_x.*"],
      "",
    ],
    ["a role that is his default", ["reader"], "reader"],
    ["a role within his default role", ["outer_role"], "outer_role"],
  ])("who has %s dumps all that root dumps", async (_, grants, role) => {
    const settings = await userWith(grants);
    if (role !== "") await server.execute(`SET DEFAULT ROLE ${role} FOR \`${settings.user}\`@'%'`);
    const facts = await dumpToFile(mysqlEngine, settings, {
      path: join(temporaryDirectory("dump"), "dump.sql"),
      context: testContext(),
    });
    expect(facts.tables.map(({ name }) => name)).toEqual(["page", "titles", "user"]);
    expect(facts).toMatchObject({
      triggers: ["guard"],
      routines: ["function answer", "procedure rebuild"],
      events: ["nightly"],
    });
  });

  test.each([
    [
      "SELECT on all tables, one by one",
      ["SELECT ON conf_x.page", "SELECT ON conf_x.user", "SELECT ON conf_x.titles"],
      "SELECT, SHOW VIEW, TRIGGER, EVENT",
    ],
    ["SELECT on columns", ["SELECT (id) ON conf_x.page"], "SELECT, SHOW VIEW, TRIGGER, EVENT"],
    ["SELECT only", ["SELECT ON conf_x.*"], "SHOW VIEW, TRIGGER, EVENT"],
    ["no SHOW VIEW", ["SELECT, TRIGGER, EVENT ON conf_x.*", routines], "SHOW VIEW"],
    ["no TRIGGER", ["SELECT, SHOW VIEW, EVENT ON conf_x.*", routines], "TRIGGER"],
    ["no EVENT", ["SELECT, SHOW VIEW, TRIGGER ON conf_x.*", routines], "EVENT"],
    [
      "TRIGGER in another database",
      ["SELECT, SHOW VIEW, EVENT ON conf_x.*", "TRIGGER ON confyx.*", routines],
      "TRIGGER",
    ],
    [
      "TRIGGER on a wider pattern, which the narrower one hides",
      ["SELECT, SHOW VIEW, EVENT ON `conf\\_x`.*", "TRIGGER ON `conf%`.*", routines],
      "TRIGGER",
    ],
    ["the right to run routines, not to see them", [objects, "EXECUTE ON *.*"], undefined],
    ["one routine of his own to run", [objects, "EXECUTE ON PROCEDURE conf_x.rebuild"], undefined],
  ])("who has %s is refused with the GRANT to run, after which the dump is whole", async (_, grants, missing) => {
    const settings = await userWith(grants);
    const account = `'${settings.user}'@'%'`;
    const error = await mysqlEngine.inspect(settings, testContext()).then(
      () => ({ code: "", message: "", hint: "" }),
      (reason: { code: string; message: string; hint: string }) => reason,
    );
    expect(error.code).toBe("database-privileges");
    expect(error.message).toContain(`${settings.user}@%`);
    if (missing !== undefined)
      expect(error.hint).toMatch(new RegExp(`GRANT ${missing} ON \`conf.*?_x\`\\.\\* TO ${account};`));
    if (!grants.includes(routines)) expect(error.hint).toContain(`GRANT SELECT ON \`mysql\`.\`proc\` TO ${account};`);
    expect(`${error.message}${error.hint}`).not.toMatch(/\*[0-9A-F]{40}|secret-word/);

    // What it says is enough, to the letter.
    await server.execute([...error.hint.matchAll(/^ +(GRANT .*;)$/gm)].map(([, statement]) => statement).join("\n"));
    const facts = await dumpToFile(mysqlEngine, settings, {
      path: join(temporaryDirectory("dump"), "dump.sql"),
      context: testContext(),
    });
    expect(facts).toMatchObject({ triggers: ["guard"], events: ["nightly"] });
    expect(facts.routines).toHaveLength(2);
    expect(facts.tables).toHaveLength(3);
  });

  test("keeps what the application needs when the GRANT is run: it adds to the pattern that is there", async () => {
    const settings = await userWith(["SELECT, INSERT ON `conf_x`.*"]);
    const { hint } = await mysqlEngine.inspect(settings, testContext()).then(
      () => ({ hint: "" }),
      (reason: { hint: string }) => reason,
    );
    await server.execute([...hint.matchAll(/^ +(GRANT .*;)$/gm)].map(([, statement]) => statement).join("\n"));
    await mysqlEngine.inspect(settings, testContext());
    await mysqlEngine.query(settings, "INSERT INTO user VALUES (77)", testContext());
    expect(await mysqlEngine.query(settings, "SELECT COUNT(*) FROM user", testContext())).toEqual([["1"]]);
  });

  test("whose role is not active is refused, and told of the role", async () => {
    const settings = await userWith(["reader"]);
    await expect(mysqlEngine.inspect(settings, testContext())).rejects.toMatchObject({ code: "database-denied" });
    const another = await userWith(["reader", "SELECT ON conf_x.*"]);
    await expect(mysqlEngine.inspect(another, testContext())).rejects.toMatchObject({
      code: "database-privileges",
      hint: expect.stringContaining("SET DEFAULT ROLE `reader`"),
    });
  });

  test("who may not see the database at all is told so", async () => {
    const settings = await userWith(["SELECT ON confyx.*"]);
    await expect(mysqlEngine.inspect(settings, testContext())).rejects.toMatchObject({
      code: "database-denied",
      message: expect.stringContaining("1044"),
      hint: expect.stringContaining("GRANT"),
    });
  });

  test("with SELECT alone is enough where all else is skipped on purpose", async () => {
    const skip = ["triggers", "routines", "events", "views"] as const;
    const settings = await userWith(["SELECT ON conf_x.*"], skip);
    const path = join(temporaryDirectory("dump"), "dump.sql");
    const facts = await dumpToFile(mysqlEngine, settings, { path, context: testContext() });
    expect(facts.skipped).toEqual(skip);
    await restoreByHand(mysqlEngine, {
      settings,
      target: { ...settings, user: "root", password: undefined, name: "copy" },
      dump: path,
    });
    expect(await databaseFingerprint(server, "copy")).toMatchObject({
      checksums: (await databaseFingerprint(server, "conf_x")).checksums,
      triggers: "",
      events: "",
    });
  });
});
