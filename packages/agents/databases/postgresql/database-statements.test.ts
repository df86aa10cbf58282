import { describe, expect, test } from "vitest";
import { createStatement, renameInStatements, splitStatements } from "./database-statements.ts";

describe("renameInStatements", () => {
  test.each([
    ["ALTER DATABASE wiki OWNER TO wiki;", 'ALTER DATABASE "n""ew" OWNER TO wiki;'],
    [
      `ALTER DATABASE "we""ird; na'me" SET search_path TO 'public', 'odd "Schema"';`,
      `ALTER DATABASE "n""ew" SET search_path TO 'public', 'odd "Schema"';`,
    ],
    [
      `COMMENT ON DATABASE wiki IS 'ON DATABASE wiki; it''s "DATABASE wiki"';`,
      `COMMENT ON DATABASE "n""ew" IS 'ON DATABASE wiki; it''s "DATABASE wiki"';`,
    ],
    [
      "COMMENT ON DATABASE wiki IS E'a \\\\ ''DATABASE wiki''\n';",
      "COMMENT ON DATABASE \"n\"\"ew\" IS E'a \\\\ ''DATABASE wiki''\n';",
    ],
    [
      "ALTER ROLE \"DATABASE wiki\" IN DATABASE wikiü$1 SET work_mem TO '8MB';",
      'ALTER ROLE "DATABASE wiki" IN DATABASE "n""ew" SET work_mem TO \'8MB\';',
    ],
    [
      'REVOKE CONNECT,TEMPORARY ON DATABASE wiki FROM PUBLIC;\nGRANT ALL ON DATABASE wiki TO "x;y";\n',
      'REVOKE CONNECT,TEMPORARY ON DATABASE "n""ew" FROM PUBLIC;\nGRANT ALL ON DATABASE "n""ew" TO "x;y";\n',
    ],
  ])("gives %j the other name", (sql, renamed) => {
    expect(renameInStatements(sql, 'n"ew')).toBe(renamed);
  });
});

test("splits statements where no string and no name holds the semicolon", () => {
  expect(
    splitStatements(`GRANT a ON DATABASE b TO "x;y";\nCOMMENT ON DATABASE b IS 'it''s; ''c''';\n\n; SELECT 1`),
  ).toEqual(['GRANT a ON DATABASE b TO "x;y"', "COMMENT ON DATABASE b IS 'it''s; ''c'''", "SELECT 1"]);
});

test.each([
  [
    "CREATE DATABASE wiki WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C.UTF-8';\n\n",
    "CREATE DATABASE \"new\" WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C.UTF-8'",
  ],
  [
    'CREATE DATABASE "a TABLESPACE = b" WITH TEMPLATE = template0 ENCODING = \'UTF8\' LOCALE = \'C\' TABLESPACE = "fast ""ssd""";',
    "CREATE DATABASE \"new\" WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE = 'C'",
  ],
])("makes a database of another name in the default tablespace from %j", (create, made) => {
  expect(createStatement(create, "new")).toBe(made);
});
