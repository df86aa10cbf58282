import { describe, expect, test } from "vitest";
import type { SkippableKind } from "../engine.ts";
import { effectivePrivileges, parseGrants } from "./grants.ts";
import { grantStatements, missingPrivileges } from "./privileges.ts";
import { parseServerVersion } from "./product.ts";

const account = "backup@10.%";

interface Case {
  server: string;
  grants: readonly string[];
  skip?: readonly SkippableKind[];
  hasViews?: boolean;
  hidesRoutines?: boolean;
  database?: string;
}

function statementsFor(example: Case): string[] {
  const { server, grants, skip = [], hasViews = true, hidesRoutines = false, database = "conf_x" } = example;
  const product = parseServerVersion(server);
  if (product === undefined) throw new Error(server);
  const lines = grants.map((grant) => `GRANT ${grant} TO \`backup\`@\`10.%\``);
  const held = effectivePrivileges(parseGrants(lines), { database, caseSensitive: true, hasWildcards: true });
  const request = { database, account, server: product, skip, hasViews, hidesRoutines };
  return grantStatements(missingPrivileges(held, request), account);
}

const enough = "SELECT, SHOW VIEW, TRIGGER, EVENT ON `conf\\_x`.*";

describe("missingPrivileges", () => {
  test.each([
    ["10.11.19-MariaDB", [enough, "SELECT ON `mysql`.`proc`"]],
    ["10.11.19-MariaDB", ["SELECT, SHOW VIEW, TRIGGER, EVENT ON *.*"]],
    ["11.4.2-MariaDB", ["SELECT, SHOW VIEW, TRIGGER, EVENT, SHOW CREATE ROUTINE ON `conf\\_x`.*"]],
    ["11.4.2-MariaDB", ["ALL PRIVILEGES ON `conf\\_x`.*"]],
    ["5.7.44", [enough, "SELECT ON `mysql`.`proc`"]],
    ["8.0.36", [enough, "SHOW_ROUTINE ON *.*"]],
    ["8.0.19", [enough, "SELECT ON *.*"]],
    ["8.4.3", ["SELECT, SHOW VIEW, TRIGGER, EVENT ON *.*"]],
  ])("asks for nothing on %s with %j", (server, grants) => {
    expect(statementsFor({ server, grants })).toEqual([]);
  });

  test.each([
    ["10.11.19-MariaDB", "GRANT SELECT ON `mysql`.`proc` TO 'backup'@'10.%';"],
    ["11.2.5-MariaDB", "GRANT SELECT ON `mysql`.`proc` TO 'backup'@'10.%';"],
    ["11.3.2-MariaDB", "GRANT SHOW CREATE ROUTINE ON `conf\\_x`.* TO 'backup'@'10.%';"],
    ["5.7.44", "GRANT SELECT ON `mysql`.`proc` TO 'backup'@'10.%';"],
    ["8.0.19", "GRANT SELECT ON *.* TO 'backup'@'10.%';"],
    ["8.0.20", "GRANT SHOW_ROUTINE ON *.* TO 'backup'@'10.%';"],
    ["9.1.0", "GRANT SHOW_ROUTINE ON *.* TO 'backup'@'10.%';"],
  ])("asks on %s for what shows routines: %s", (server, statement) => {
    expect(statementsFor({ server, grants: [enough] })).toEqual([statement]);
    expect(statementsFor({ server, grants: [enough], skip: ["routines"] })).toEqual([]);
  });

  test("gives one statement for each place", () => {
    expect(statementsFor({ server: "10.11.19-MariaDB", grants: ["SELECT ON `conf\\_x`.`one table`"] })).toEqual([
      "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON `conf\\_x`.* TO 'backup'@'10.%';",
      "GRANT SELECT ON `mysql`.`proc` TO 'backup'@'10.%';",
    ]);
  });

  test("asks for nothing that is skipped, but always for SELECT", () => {
    expect(
      statementsFor({
        server: "10.11.19-MariaDB",
        grants: ["USAGE ON *.*"],
        skip: ["triggers", "routines", "events", "views"],
      }),
    ).toEqual(["GRANT SELECT ON `conf\\_x`.* TO 'backup'@'10.%';"]);
  });

  test("asks for SHOW VIEW only where there are views", () => {
    const grants = ["SELECT, TRIGGER, EVENT ON *.*"];
    expect(statementsFor({ server: "8.0.36", grants, hasViews: false })).toEqual([]);
    expect(statementsFor({ server: "8.0.36", grants })).toEqual([
      "GRANT SHOW VIEW ON `conf\\_x`.* TO 'backup'@'10.%';",
    ]);
  });

  test.each(["EXECUTE", "ALTER ROUTINE", "CREATE ROUTINE"])(
    "is content with %s on the database, which shows every routine, unless it hides the text of one",
    (privilege) => {
      const grants = [enough.replace(" ON", `, ${privilege} ON`)];
      expect(statementsFor({ server: "10.11.19-MariaDB", grants })).toEqual([]);
      expect(statementsFor({ server: "10.11.19-MariaDB", grants, hidesRoutines: true })).toEqual([
        "GRANT SELECT ON `mysql`.`proc` TO 'backup'@'10.%';",
      ]);
    },
  );

  // A more specific pattern would hide the user's own, and all that it gives the application.
  test("adds to the pattern that the user has", () => {
    expect(
      statementsFor({
        server: "8.0.36",
        grants: ["SELECT, SHOW_ROUTINE, INSERT ON `conf_x`.*", "SHOW_ROUTINE ON *.*"],
      }),
    ).toEqual(["GRANT SHOW VIEW, TRIGGER, EVENT ON `conf_x`.* TO 'backup'@'10.%';"]);
  });

  test("asks for SHOW VIEW where tables, and so views, cannot be seen", () => {
    const grants = ["TRIGGER, EVENT ON *.*", "SHOW_ROUTINE ON *.*"];
    expect(statementsFor({ server: "8.0.36", grants, hasViews: false })).toEqual([
      "GRANT SELECT, SHOW VIEW ON `conf\\_x`.* TO 'backup'@'10.%';",
    ]);
  });

  test("quotes names in the statements", () => {
    expect(
      statementsFor({
        server: "8.4.3",
        grants: ["SELECT ON *.*"],
        database: "a`b%c_d",
        skip: ["events"],
        hasViews: false,
      }),
    ).toEqual(["GRANT TRIGGER ON `a``b\\%c\\_d`.* TO 'backup'@'10.%';"]);
  });
});
