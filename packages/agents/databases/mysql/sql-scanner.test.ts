import { describe, expect, test } from "vitest";
import { createSqlScanner, type DumpContents } from "./sql-scanner.ts";

function scan(dump: string | Buffer, chunkSize = 65_536): DumpContents {
  const bytes = Buffer.from(dump);
  const scanner = createSqlScanner();
  for (let at = 0; at < bytes.length; at += chunkSize) scanner.push(bytes.subarray(at, at + chunkSize));
  return scanner.end();
}

function names(contents: DumpContents): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(contents.objects).flatMap(([kind, found]) => (found.size === 0 ? [] : [[kind, [...found]]])),
  );
}

// Shapes of mariadb-dump 10.11 and of mysqldump 8.0, with all that could be mistaken for SQL of the dump.
const mariadbDump = `/*M!999999\\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: it's
-- ------------------------------------------------------
/*!40101 SET NAMES utf8mb4 */;
DROP SEQUENCE IF EXISTS \`sq\`;
CREATE SEQUENCE \`sq\` start with 1 minvalue 1 nocycle ENGINE=InnoDB;
DO SETVAL(\`sq\`, 1, 0);
CREATE TABLE \`we\`\`ird. "t'able"; -- ü\` (
  \`a\` int(11) DEFAULT NULL,
  \`c\` varchar(10) DEFAULT 'x;y' COMMENT 'it''s \\'; CREATE TABLE \`ghost\` ('
) ENGINE=InnoDB;
INSERT INTO \`we\`\`ird. "t'able"; -- ü\` (\`VALUES\`, \`b\`) VALUES
(1,'x\\n-- Dump completed on 2026-11-23 17:29:33\\n'),
(2,'\\';\\nCREATE TABLE \`ghost\` (;');
INSERT INTO \`we\`\`ird. "t'able"; -- ü\` (\`VALUES\`, \`b\`) VALUES
(3,';');
/*!50001 CREATE VIEW \`v\` AS SELECT
 NULL AS \`a\` */;
/*!50003 SET sql_mode              = 'NO_BACKSLASH_ESCAPES' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=\`o'dd\`@\`%\`*/ /*!50003 trigger /* TRIGGER ghost */ db.\`trg\` before insert on t for each row begin
-- don't stop
# it's fine
set new.a = 'CREATE TABLE \`ghost\` (;;';
select '\\';
DELIMITER ;
CREATE TABLE ghost (a int);
end */;;
DELIMITER ;
/*!50003 SET sql_mode              = @saved_sql_mode */ ;
DELIMITER ;;;
/*!50106 CREATE*/ /*!50117 DEFINER=\`root\`@\`localhost\`*/ /*!50106 EVENT \`e;;v\` ON SCHEDULE EVERY 1 DAY DO select ';;' */ ;;;
DELIMITER ;
DELIMITER ;;
CREATE DEFINER=\`root\`@\`localhost\` FUNCTION \`f\`() RETURNS int(11)
return 2*/* don't */3
;;
CREATE DEFINER="root"@"localhost" PROCEDURE "p""q"()
begin select 1; end
;;
CREATE DEFINER=\`r\` AGGREGATE FUNCTION \`agg\`() RETURNS int return 1 ;;
CREATE DEFINER="root"@"localhost" PACKAGE BODY "pkg" AS procedure x as begin null; end; end ;;
DELIMITER ;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=\`root\`@\`localhost\` SQL SECURITY DEFINER */
/*!50001 VIEW \`v\` AS select ';
CREATE TABLE \`ghost\` (' AS \`a\` */;

-- Dump completed on 2026-11-23 18:53:48
`;

const mysqlDump = `-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
/*!50503 SET NAMES utf8mb4 */;
SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '3E11FA47-71CA-11E1-9E33-C80AA9429562:1-5';
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE \`one\` (
  \`a\` int NOT NULL,
  PRIMARY KEY (\`a\`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;
INSERT INTO \`one\` VALUES (1),(2),(3);
INSERT INTO \`one\` VALUES (4);
/*!50001 CREATE TABLE \`old_view\` (
  \`a\` tinyint NOT NULL
) ENGINE=MyISAM */;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=\`root\`@\`%\` SQL SECURITY INVOKER */
/*!50001 VIEW \`old_view\` AS select 1 AS \`a\` */;
-- Dump completed
`;

describe("createSqlScanner", () => {
  // Whatever the chunks, no token may be torn.
  test.each([1, 2, 3, 5, 16, 17, 61, 65_536])("finds all objects of MariaDB's dump in chunks of %i bytes", (size) => {
    const contents = scan(mariadbDump, size);
    expect(names(contents)).toEqual({
      table: ['we`ird. "t\'able"; -- ü'],
      view: ["v"],
      sequence: ["sq"],
      trigger: ["trg"],
      event: ["e;;v"],
      routine: ["function f", 'procedure p"q', "function agg", "package body pkg"],
    });
    expect(contents.isClosed).toBe(true);
    const table = contents.tables.get('we`ird. "t\'able"; -- ü');
    expect(table?.rows).toBe(3);
    const statements = mariadbDump.slice(
      mariadbDump.indexOf("CREATE TABLE `we"),
      mariadbDump.indexOf("/*!50001 CREATE VIEW"),
    );
    const lineFeedsBetween = 2; // after the CREATE, and after the last INSERT it belongs to the statement
    expect(Math.abs(Buffer.byteLength(statements) - (table?.bytes ?? 0))).toBeLessThanOrEqual(lineFeedsBetween);
  });

  test.each([1, 7, 65_536])(
    "finds all objects of MySQL's dump in chunks of %i bytes, and does not count rows",
    (size) => {
      const contents = scan(mysqlDump, size);
      expect(names(contents)).toEqual({ table: ["one"], view: ["old_view"] });
      expect(contents.tables.get("one")?.rows).toBeUndefined();
      expect(contents.isClosed).toBe(true);
    },
  );

  test("counts no rows of a table without INSERT", () => {
    expect(scan("CREATE TABLE `a` (\n  `x` int\n);\n").tables.get("a")).toEqual({ bytes: 31, rows: 0 });
  });

  test("does not take a placeholder for the view", () => {
    expect(names(scan("/*!50001 CREATE VIEW `v` AS SELECT 1 AS `a` */;\n"))).toEqual({});
  });

  test("passes over bytes that are not UTF-8", () => {
    const raw = Buffer.from([0x27, 0xff, 0x00, 0x80, 0x5c, 0x27, 0xfe, 0x27]);
    const dump = Buffer.concat([
      Buffer.from("CREATE TABLE `a` (b blob);\nINSERT INTO `a` VALUES\n("),
      raw,
      Buffer.from("),\n("),
      raw,
      Buffer.from(");\nCREATE TABLE `b` (c int);\n-- Dump completed\n"),
    ]);
    const contents = scan(dump, 3);
    expect(names(contents)).toEqual({ table: ["a", "b"] });
    expect(contents.tables.get("a")?.rows).toBe(2);
    expect(contents.isClosed).toBe(true);
  });

  test.each([
    ["an empty dump", ""],
    ["a dump without the line", "CREATE TABLE `a` (b int);\n"],
    [
      "the line in a routine that was cut off",
      "DELIMITER ;;\nCREATE PROCEDURE p()\nbegin\n-- Dump completed on 2026-11-23 18:53:48\n",
    ],
    ["the line in a string that was cut off", "CREATE TABLE `a` (b int COMMENT '\n-- Dump completed\n"],
    ["more SQL after the line", "-- Dump completed\nCREATE TABLE `a` (b int);\n"],
    ["the beginning of more after the line", "-- Dump completed\nCREATE TABLE"],
    ["another comment", "-- Dump completed on 2026-11-23\n-- and then this\n"],
    ["half the line", "CREATE TABLE `a` (b int);\n-- Dump comp"],
  ])("does not take for closed: %s", (_, dump) => {
    expect(scan(dump).isClosed).toBe(false);
    expect(scan(dump, 1).isClosed).toBe(false);
  });

  test("takes a closing line without line feed, and with blank lines after it", () => {
    expect(scan("-- Dump completed on 2026-11-23 18:53:48").isClosed).toBe(true);
    expect(scan("-- Dump completed\n\n").isClosed).toBe(true);
  });
});
