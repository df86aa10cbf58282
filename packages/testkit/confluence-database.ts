import { attachmentId, attachmentVersion, confluenceDefaults } from "./confluence.ts";

export interface ConfluenceDatabaseOptions {
  version?: string | undefined;
  buildNumber?: number | undefined;
  pages?: number | undefined;
  /** Attachments that have their files in what `buildConfluence` makes by default: 3. */
  attachments?: number | undefined;
  /** Without them it can have neither pages nor attachments. */
  spaces?: boolean | undefined;
}

/**
 * SQL for the MySQL and MariaDB command-line clients that makes a database like Confluence's: its tables of versions,
 * spaces and pages, binary columns, emoji, a generated column, and a view, triggers, routines and an event.
 */
export function confluenceDatabaseSql(options: ConfluenceDatabaseOptions = {}): string {
  const {
    version = confluenceDefaults.version,
    buildNumber = confluenceDefaults.buildNumber,
    pages = 50,
    attachments = 3,
    spaces = true,
  } = options;
  return `SET NAMES utf8mb4;
CREATE TABLE CONFVERSION (
  CONFVERSIONID bigint NOT NULL PRIMARY KEY, BUILDNUMBER int NOT NULL UNIQUE, INSTALLDATE datetime,
  VERSIONTAG varchar(255), CREATIONDATE datetime, LASTMODDATE datetime, FINALIZED char(1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO CONFVERSION VALUES
  (1, ${buildNumber - 208}, '2025-02-01 10:00:00', NULL, NULL, NULL, 'Y'),
  (2, ${buildNumber}, '2026-06-01 10:00:00', '${version}', NULL, NULL, 'Y');
CREATE TABLE SPACES (
  SPACEID bigint NOT NULL PRIMARY KEY, SPACENAME varchar(255) NOT NULL, SPACEKEY varchar(255) NOT NULL,
  LOWERSPACEKEY varchar(255) GENERATED ALWAYS AS (LOWER(SPACEKEY)) STORED
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
${spaces ? "" : "-- "}INSERT INTO SPACES (SPACEID, SPACENAME, SPACEKEY) VALUES (65537, 'Übersicht 🚀', 'DEV'), (65538, 'a''b"c\\\\d;', 'OPS');
CREATE TABLE CONTENT (
  CONTENTID bigint NOT NULL PRIMARY KEY, CONTENTTYPE varchar(255) NOT NULL, TITLE varchar(255), SPACEID bigint,
  VERSION int NOT NULL DEFAULT 1, PREVVER bigint, CONTENT_STATUS varchar(255) DEFAULT 'current', PAGEID bigint,
  CONSTRAINT FK_SPACE FOREIGN KEY (SPACEID) REFERENCES SPACES (SPACEID)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE BODYCONTENT (
  BODYCONTENTID bigint NOT NULL PRIMARY KEY, BODY longtext, CONTENTID bigint,
  CONSTRAINT FK_CONTENT FOREIGN KEY (CONTENTID) REFERENCES CONTENT (CONTENTID)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE PLUGINDATA (
  PLUGINDATAID bigint NOT NULL PRIMARY KEY, PLUGINKEY varchar(255), DATA longblob
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO PLUGINDATA VALUES (1, 'org.example.app', UNHEX('00010A0D1A225C27FF80F09F9880')), (2, 'org.example.none', NULL);
CREATE TABLE content_count (spaceid bigint NOT NULL PRIMARY KEY, pages int NOT NULL) ENGINE=InnoDB;
INSERT INTO content_count VALUES (65537, 0), (65538, 0);
DELIMITER //
CREATE TRIGGER content_inserted AFTER INSERT ON CONTENT FOR EACH ROW
BEGIN
  UPDATE content_count SET pages = pages + 1 WHERE spaceid = NEW.SPACEID;
END//
CREATE FUNCTION space_key(id bigint) RETURNS varchar(255) READS SQL DATA
BEGIN
  RETURN (SELECT SPACEKEY FROM SPACES WHERE SPACEID = id);
END//
CREATE PROCEDURE add_page(IN id bigint, IN title varchar(255), IN space bigint)
BEGIN
  INSERT INTO CONTENT (CONTENTID, CONTENTTYPE, TITLE, SPACEID) VALUES (id, 'PAGE', title, space);
  INSERT INTO BODYCONTENT VALUES (id, CONCAT('<p>', title, ' 😀 ', REPEAT('text ', id MOD 40), '</p>'), id);
END//
CREATE EVENT remove_old_plugins ON SCHEDULE EVERY 1 DAY DO DELETE FROM PLUGINDATA WHERE PLUGINKEY IS NULL//
DELIMITER ;
CREATE VIEW page_titles AS SELECT c.TITLE, s.SPACEKEY FROM CONTENT c JOIN SPACES s ON s.SPACEID = c.SPACEID;
${Array.from({ length: pages }, (_, index) => `CALL add_page(${98_304 + index}, 'Seite ${index}', ${65_537 + (index % 2)});`).join("\n")}
${Array.from({ length: attachments }, (_, index) => insertAttachment(attachmentId(index), index)).join("\n")}
`;
}

// An older version is a row of its own, which leads to the current one.
function insertAttachment(id: number, index: number): string {
  const columns = "CONTENTID, CONTENTTYPE, TITLE, SPACEID, VERSION, PREVVER, PAGEID";
  const values = (contentId: number, version: number, previous: string) =>
    `(${contentId}, 'ATTACHMENT', 'Skizze ${index}.png', 65537, ${version}, ${previous}, 98304)`;
  return `INSERT INTO CONTENT (${columns}) VALUES ${values(id, attachmentVersion, "NULL")}, ${values(id + 1, 1, String(id))};`;
}

/** SQL that both MariaDB and PostgreSQL take, of the tables by which Confluence is known; the same content in a plain form. */
export function confluenceTablesSql({
  pages = 20,
  attachments = 3,
}: {
  pages?: number;
  attachments?: number;
} = {}): string {
  const { version, buildNumber } = confluenceDefaults;
  const columns = "CONTENTID, CONTENTTYPE, TITLE, SPACEID, VERSION, PREVVER, CONTENT_STATUS";
  const content = (id: number, kind: string, title: string, number: number, previous: string) =>
    `INSERT INTO CONTENT (${columns}) VALUES (${id}, '${kind}', '${title}', 65537, ${number}, ${previous}, 'current');`;
  return `
CREATE TABLE CONFVERSION (CONFVERSIONID bigint PRIMARY KEY, BUILDNUMBER int UNIQUE, VERSIONTAG varchar(255));
INSERT INTO CONFVERSION VALUES (1, ${buildNumber - 208}, NULL), (2, ${buildNumber}, '${version}');
CREATE TABLE SPACES (SPACEID bigint PRIMARY KEY, SPACENAME varchar(255) NOT NULL, SPACEKEY varchar(255) NOT NULL);
INSERT INTO SPACES VALUES (65537, 'Übersicht', 'DEV');
CREATE TABLE CONTENT (CONTENTID bigint PRIMARY KEY, CONTENTTYPE varchar(255) NOT NULL, TITLE varchar(255), SPACEID bigint REFERENCES SPACES (SPACEID), VERSION int NOT NULL, PREVVER bigint, CONTENT_STATUS varchar(255));
${Array.from({ length: pages }, (_, index) => content(98_304 + index, "PAGE", `Seite ''${index}'';`, 1, "NULL")).join("\n")}
${Array.from({ length: attachments }, (_, index) => content(attachmentId(index), "ATTACHMENT", `Skizze ${index}.png`, attachmentVersion, "NULL")).join("\n")}
`;
}
