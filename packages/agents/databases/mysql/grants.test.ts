import { describe, expect, test } from "vitest";
import { effectivePrivileges, type GrantTarget, inactiveRoles, parseGrants } from "./grants.ts";

const target: GrantTarget = { database: "conf_x", caseSensitive: true, hasWildcards: true };

function privileges(lines: readonly string[], rest: Partial<GrantTarget> = {}) {
  return effectivePrivileges(parseGrants(lines), { ...target, ...rest });
}

describe("parseGrants", () => {
  test("keeps password hashes out of what it returns", () => {
    const grants = parseGrants([
      "GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*7B9EBEED26AA52ED10C0F549FA863F13C39E0209' REQUIRE SSL",
      "GRANT SELECT ON *.* TO `u`@`%` IDENTIFIED VIA unix_socket OR mysql_native_password USING '*7B9EBEED26AA52ED10C0F549FA863F13C39E0209' WITH GRANT OPTION",
    ]);
    expect(grants).toEqual([{ privileges: ["SELECT"], scope: { kind: "global" }, grantee: "u@%", isRevoked: false }]);
  });

  test.each([
    ["a role", "GRANT `r` TO `u`@`%`"],
    ["a role with a host", "GRANT `r`@`%` TO `u`@`%` WITH ADMIN OPTION"],
    ["a default role", "SET DEFAULT ROLE `r` FOR `u2`@`%`"],
    ["a proxy", "GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION"],
    ["a routine", "GRANT EXECUTE, ALTER ROUTINE ON PROCEDURE `conf_x`.`p` TO `u1`@`%` WITH GRANT OPTION"],
    ["columns only", "GRANT SELECT (`a`, `b`), UPDATE (a) ON `conf_x`.`g` TO `u1`@`%`"],
  ])("passes over a grant of %s", (_, line) => {
    expect(parseGrants([line])).toEqual([]);
  });

  test("keeps a whole privilege that stands beside one on columns", () => {
    expect(parseGrants(["GRANT SELECT (`a`, `b`), INSERT, UPDATE (a) ON `conf_x`.`g` TO `u`@`%`"])).toEqual([
      {
        privileges: ["INSERT"],
        scope: { kind: "table", database: "conf_x", table: "g" },
        grantee: "u@%",
        isRevoked: false,
      },
    ]);
  });

  test("reads names in any quotes, with quotes, dots and TO in them", () => {
    expect(parseGrants(["GRANT SELECT ON `a``b.c TO d`.* TO 'u''s'@'10.%'"])).toEqual([
      {
        privileges: ["SELECT"],
        scope: { kind: "database", pattern: "a`b.c TO d" },
        grantee: "u's@10.%",
        isRevoked: false,
      },
    ]);
    expect(parseGrants(['GRANT ALL PRIVILEGES ON "conf_x".* TO "u"@"%"'])[0]?.scope).toEqual({
      kind: "database",
      pattern: "conf_x",
    });
  });
});

describe("effectivePrivileges", () => {
  test.each([
    ["everywhere", "GRANT SELECT ON *.* TO `u`@`%`", true],
    ["everywhere, as ALL PRIVILEGES", "GRANT ALL PRIVILEGES ON *.* TO 'u'@'%' WITH GRANT OPTION", true],
    ["on the database", "GRANT INSERT, SELECT ON `conf_x`.* TO `u`@`%`", true],
    ["on the escaped database", "GRANT SELECT ON `conf\\_x`.* TO `u`@`%`", true],
    ["on a pattern", "GRANT SELECT ON `conf%`.* TO `u`@`%`", true],
    ["on a pattern that escapes its wildcard", "GRANT SELECT ON `conf\\%`.* TO `u`@`%`", false],
    ["on a pattern like a regular expression", "GRANT SELECT ON `conf.x`.* TO `u`@`%`", false],
    ["on another database", "GRANT SELECT ON `conf`.* TO `u`@`%`", false],
    ["on the database in another case", "GRANT SELECT ON `CONF_X`.* TO `u`@`%`", false],
    ["on one table", "GRANT SELECT ON `conf_x`.`t` TO `u`@`%`", false],
    ["on columns", "GRANT SELECT (`a`) ON `conf_x`.`t` TO `u`@`%`", false],
    ["on nothing", "GRANT USAGE ON *.* TO `u`@`%`", false],
    ["of another kind", "GRANT SHOW VIEW, SELECT_ANYTHING ON `conf_x`.* TO `u`@`%`", false],
  ])("sees SELECT granted %s", (_, line, expected) => {
    expect(privileges([line]).onDatabase("SELECT")).toBe(expected);
  });

  test("takes the most specific pattern of a grantee and ignores the others, as the server does", () => {
    const lines = ["GRANT SELECT ON `conf\\_x`.* TO `u`@`%`", "GRANT TRIGGER ON `conf%`.* TO `u`@`%`"];
    expect(privileges(lines).onDatabase("SELECT")).toBe(true);
    expect(privileges(lines).onDatabase("TRIGGER")).toBe(false);
    expect(
      privileges(["GRANT SELECT ON `c%`.* TO `u`@`%`", "GRANT TRIGGER ON `conf%`.* TO `u`@`%`"]).onDatabase("SELECT"),
    ).toBe(false);
  });

  test("adds what roles and PUBLIC have to what the account has", () => {
    const held = privileges([
      "GRANT `r` TO `u`@`%`",
      "GRANT SELECT ON `conf\\_x`.* TO `u`@`%`",
      "GRANT TRIGGER ON `conf\\_x`.* TO `r`",
      "GRANT EVENT ON `conf%`.* TO PUBLIC",
    ]);
    expect(["SELECT", "TRIGGER", "EVENT", "SHOW VIEW"].map((name) => held.onDatabase(name))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test("takes away what MySQL revokes for single databases", () => {
    const lines = ["GRANT SELECT, TRIGGER ON *.* TO `u`@`%`", "REVOKE SELECT ON `conf_x`.* FROM `u`@`%`"];
    expect(privileges(lines, { hasWildcards: false }).onDatabase("SELECT")).toBe(false);
    expect(privileges(lines, { hasWildcards: false }).onDatabase("TRIGGER")).toBe(true);
    expect(privileges(lines, { hasWildcards: false, database: "other" }).onDatabase("SELECT")).toBe(true);
  });

  test("takes wildcards for plain characters where the server does", () => {
    expect(privileges(["GRANT SELECT ON `conf%`.* TO `u`@`%`"], { hasWildcards: false }).onDatabase("SELECT")).toBe(
      false,
    );
  });

  test("ignores case where the server does", () => {
    expect(privileges(["GRANT SELECT ON `CONF_X`.* TO `u`@`%`"], { caseSensitive: false }).onDatabase("SELECT")).toBe(
      true,
    );
  });

  test("finds a grant on one table of another database", () => {
    const held = privileges(["GRANT SELECT ON `mysql`.`proc` TO `u`@`%`"]);
    expect(held.onTable("SELECT", "mysql", "proc")).toBe(true);
    expect(held.onTable("SELECT", "mysql", "user")).toBe(false);
    expect(privileges(["GRANT SELECT ON `mysql`.* TO `u`@`%`"]).onTable("SELECT", "mysql", "proc")).toBe(true);
  });

  test("sees a dynamic privilege, and that ALL PRIVILEGES on one database holds none", () => {
    expect(privileges(["GRANT BACKUP_ADMIN,SHOW_ROUTINE ON *.* TO `u`@`%`"]).everywhere("SHOW_ROUTINE")).toBe(true);
    expect(privileges(["GRANT ALL PRIVILEGES ON `conf_x`.* TO `u`@`%`"]).everywhere("SHOW_ROUTINE")).toBe(false);
  });
});

test("tells which pattern gives a grantee what he has on the database", () => {
  const held = privileges([
    "GRANT SELECT ON `conf_x`.* TO `u`@`%`",
    "GRANT SELECT ON `c%`.* TO `u`@`%`",
    "GRANT SELECT ON `conf\\_x`.* TO `r`",
    "GRANT SELECT ON *.* TO `global`@`%`",
  ]);
  expect(held.patternOf("u@%")).toBe("conf_x");
  expect(held.patternOf("r")).toBe("conf\\_x");
  expect(held.patternOf("global@%")).toBeUndefined();
});

test("names roles that are not active", () => {
  const active = ["GRANT `r` TO `u`@`%`", "GRANT USAGE ON *.* TO `u`@`%`", "GRANT USAGE ON *.* TO `r`"];
  expect(inactiveRoles(active)).toEqual([]);
  expect(inactiveRoles(active.slice(0, 2))).toEqual(["`r`"]);
  expect(inactiveRoles(["GRANT `a`@`%`,`b`@`%` TO `u`@`h`"])).toEqual(["`a`@`%`,`b`@`%`"]);
});
