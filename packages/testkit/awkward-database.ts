import type { ThrowawayMariadb } from "./mariadb.ts";

export interface AwkwardOptions {
  /** Rows of 16 MB and 64 MB, which take seconds. */
  largeRow?: boolean | undefined;
}

/** Names of what the awkward database holds, as the server spells them. */
export const awkwardObjects = {
  tables: [
    "bare",
    "binary data",
    "blog",
    "child",
    "empty",
    "generated",
    "kinds",
    "member",
    "not-a-dump",
    "parted",
    "team",
    "versioned",
    'we`ird. "t\'able"; -- ü€',
  ],
  views: ["on a view", "plain_view"],
  sequences: ["numbers"],
  triggers: ["team_guard", "wei`rd trigger"],
  routines: ["function `Slug`", "procedure ansi-proc", "procedure literal_backslash", "procedure tricky"],
  events: ["nightly; event"],
} as const;

/** Fills an existing, empty database with all that has broken dumps and what reads them. */
export async function fillAwkwardDatabase(
  server: ThrowawayMariadb,
  database: string,
  { largeRow = false }: AwkwardOptions = {},
): Promise<void> {
  await createAwkwardAccounts(server);
  await server.execute(tables, database);
  await server.execute(rows, database);
  await server.execute(storedPrograms, database);
  await server.execute(views, database);
  if (largeRow)
    await server.execute(
      `INSERT INTO \`binary data\` VALUES (1000, REPEAT(0x00FF27225C0A, 11184811)), (1001, REPEAT(UNHEX('${everyByte}'), 65536))`,
      database,
    );
}

/**
 * Makes the account to which the views belong. A server that lacks it cannot load a view on such a view; those of
 * triggers, routines and events exist nowhere.
 */
export async function createAwkwardAccounts(server: ThrowawayMariadb): Promise<void> {
  await server.execute("CREATE USER IF NOT EXISTS 'view;owner'@'10.%'; GRANT SELECT ON *.* TO 'view;owner'@'10.%'");
}

const everyByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0")).join("");

const tables = `
SET NAMES utf8mb4;
SET sql_mode = '';
CREATE TABLE team (id INT PRIMARY KEY, lead INT, name VARCHAR(40) COLLATE utf8mb4_bin) ENGINE=InnoDB;
CREATE TABLE member (id INT PRIMARY KEY, team INT, FOREIGN KEY (team) REFERENCES team (id)) ENGINE=InnoDB;
ALTER TABLE team ADD FOREIGN KEY (lead) REFERENCES member (id);
CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES child (id) ON DELETE CASCADE);
CREATE TABLE bare (a INT, b TEXT);
CREATE TABLE empty (id INT PRIMARY KEY AUTO_INCREMENT, note TEXT DEFAULT 'a;\\nb\\'c') COMMENT 'line one\\nCREATE TABLE \`ghost\` (\\n-- Dump completed';
CREATE TABLE generated (
  a INT, doubled INT AS (a * 2) VIRTUAL, text VARCHAR(20) AS (CONCAT('<', a, '; ''', '>')) STORED,
  CONSTRAINT small CHECK (a < 1000 AND 'x;y' <> '--'), KEY (doubled)
);
CREATE TABLE kinds (
  id BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT, d DATE, dt DATETIME(6), ts TIMESTAMP NULL, t TIME(3), y YEAR,
  n DECIMAL(65, 30), f DOUBLE, b BIT(13), e ENUM('a,b', 'it''s', ''), s SET('x', 'y'), j JSON, g GEOMETRY,
  l VARCHAR(50) CHARACTER SET latin1, u UUID, i INET6, c CHAR(5), big LONGTEXT
) AUTO_INCREMENT=77;
CREATE TABLE \`binary data\` (id INT PRIMARY KEY, content LONGBLOB) ENGINE=InnoDB;
CREATE TABLE parted (id INT, place VARCHAR(20), PRIMARY KEY (id))
  PARTITION BY RANGE (id) (PARTITION few VALUES LESS THAN (10), PARTITION many VALUES LESS THAN MAXVALUE);
CREATE TABLE versioned (id INT PRIMARY KEY, value TEXT) WITH SYSTEM VERSIONING;
CREATE TABLE \`not-a-dump\` (id INT PRIMARY KEY, text LONGTEXT) ENGINE=MyISAM;
CREATE TABLE \`we\`\`ird. "t'able"; -- ü€\` (\`co\`\`l;umn\` INT PRIMARY KEY, \`-- ü\` TEXT);
CREATE TABLE blog (id INT PRIMARY KEY, body MEDIUMTEXT);
CREATE SEQUENCE numbers START WITH 5 INCREMENT BY 3;
`;

const rows = `
SET NAMES utf8mb4;
SET sql_mode = '';
SET FOREIGN_KEY_CHECKS = 0;
INSERT INTO team VALUES (1, 10, 'Käse 🧀'), (2, NULL, 'VALUES'), (3, 10, '\\\\');
INSERT INTO member VALUES (10, 1), (11, 2);
INSERT INTO bare VALUES (1, 'twice'), (1, 'twice'), (NULL, NULL);
INSERT INTO child VALUES (1, 2), (2, 3), (3, 1);
INSERT INTO generated (a) VALUES (1), (NULL), (999);
INSERT INTO kinds VALUES
  (0, '0000-00-00', '0000-00-00 00:00:00', NULL, '-838:59:59', 0, -0.000000000000000000000000000001, -1.7976931348623157e308, b'1010', 'a,b', 'x,y', '{"a": "\\\\u00e9;"}', ST_GeomFromText('POINT(1 -2)'), 'Grüße', UUID(), '::1', '  a ', REPEAT('long;', 100000)),
  (18446744073709551614, '2000-00-00', '9999-12-31 23:59:59.999999', '1970-01-01 00:00:01', '00:00:00.001', 2155, 9.9, 5e-324, NULL, '', '', 'null', NULL, '', NULL, NULL, '', '');
INSERT INTO \`binary data\` VALUES (1, ''), (2, NULL), (3, UNHEX('00FF270A0D1A5C22603B0A2D2D20')), (4, REPEAT('\\0\\n;\\n', 40000)),
  (5, UNHEX('${everyByte}'));
INSERT INTO parted VALUES (1, 'few'), (50, 'many'), (9, 'few');
INSERT INTO versioned VALUES (1, 'old'), (2, 'gone');
UPDATE versioned SET value = 'new' WHERE id = 1;
DELETE FROM versioned WHERE id = 2;
INSERT INTO \`not-a-dump\` VALUES (1, '\\n-- Dump completed on 2026-11-23 17:29:33\\n'), (2, 'x;\\nCREATE TABLE \`ghost\` (a INT);\\n'),
  (3, '\\');\\nDELIMITER ;;\\nCREATE TRIGGER ghost'), (4, '*/;\\n/*!50001 VIEW \`ghost\` AS select 1 */;'), (5, 'INSERT INTO \`ghost\` VALUES\\n(1);');
INSERT INTO \`we\`\`ird. "t'able"; -- ü€\` VALUES (1, '\`'), (2, ';'), (3, '𝄞');
INSERT INTO blog SELECT seq, REPEAT(CONCAT(seq, ' text; with ''quotes'', back\\\\slash and\\nlines '), 30) FROM seq_1_to_3000;
SELECT NEXTVAL(numbers), NEXTVAL(numbers);
`;

// The accounts that they belong to do not exist; bodies hold what a line-wise reader takes for SQL of the dump.
const storedPrograms = `
SET NAMES utf8mb4;
DELIMITER //
CREATE DEFINER=\`app;user\`@\`10.%\` TRIGGER team_guard BEFORE UPDATE ON team FOR EACH ROW
BEGIN
  -- don't stop here; the next line is a comment too
  # CREATE TABLE \`ghost\` (it's one as well
  /* CREATE TABLE \`ghost\` (
     ;;
  DELIMITER ;
  */
  SET NEW.name = CONCAT(NEW.name, ';;
DELIMITER ;
CREATE TABLE \`ghost\` (a INT);
');
END //
CREATE OR REPLACE TRIGGER /* TRIGGER ghost */ \`wei\`\`rd trigger\` AFTER INSERT ON member FOR EACH ROW BEGIN END //
CREATE DEFINER=nobody@nowhere PROCEDURE tricky (IN a INT, OUT b TEXT CHARACTER SET utf8mb4)
COMMENT 'it''s; -- tricky'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN END;
  SET b = 'a\\'b;
-- Dump completed on 2026-11-23 17:29:33
';
  SELECT a - -1, 2 */* not the end: don't */ 3, "double \\" ;; quoted", \`id\` FROM team;
END //
CREATE DEFINER=\`role;like\`@\`%\` FUNCTION \`\`\`Slug\`\`\` (text VARCHAR(100)) RETURNS VARCHAR(100) DETERMINISTIC RETURN LOWER(REPLACE(text, ' ', '-')) //
SET sql_mode = 'NO_BACKSLASH_ESCAPES' //
CREATE PROCEDURE literal_backslash () BEGIN SELECT '\\'; SELECT 'CREATE TABLE \`ghost\` (a INT);'; END //
SET sql_mode = 'ANSI_QUOTES' //
CREATE PROCEDURE "ansi-proc" () BEGIN SELECT 1 AS "a;\\"; END //
SET sql_mode = '' //
CREATE DEFINER=\`app;user\`@\`10.%\` EVENT \`nightly; event\` ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 02:00:00' DISABLE
COMMENT 'it''s' DO BEGIN INSERT INTO empty (note) VALUES ('; DELIMITER ;'); END //
`;

const views = `
CREATE DEFINER=\`view;owner\`@\`10.%\` VIEW plain_view AS SELECT id, name, '; -- it''s' AS text FROM team WHERE name <> ';\\nCREATE TABLE \`ghost\` (';
CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW \`on a view\` AS SELECT p.id, m.id AS member FROM plain_view p JOIN member m ON m.team = p.id;
`;
