/** Changes whenever the tables do: a catalog of any other version is made anew. */
export const catalogVersion = 1;

/**
 * Times that are compared are milliseconds; those that are only shown are the journal's own text. An archive's key begins
 * with whether it is held, so that what is there now lies together, apart from years of what is gone.
 */
export const catalogSchema = `
CREATE TABLE journal (only INTEGER PRIMARY KEY CHECK (only = 1), offset INTEGER NOT NULL, digest TEXT NOT NULL);
CREATE TABLE application (
  id INTEGER PRIMARY KEY,
  host TEXT NOT NULL,
  name TEXT NOT NULL,
  accepted TEXT,
  last_proof TEXT,
  last_drill TEXT,
  last_drill_result TEXT,
  stamp TEXT,
  unsealed TEXT,
  UNIQUE (host, name)
);
CREATE TABLE archive (
  application INTEGER NOT NULL,
  held INTEGER NOT NULL,
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha1 TEXT NOT NULL,
  time INTEGER NOT NULL,
  version TEXT,
  verified_at TEXT,
  proven_at TEXT,
  recovery_seconds REAL,
  findings TEXT,
  arrived_at INTEGER,
  removed_at INTEGER,
  gone_at INTEGER,
  last_event TEXT,
  last_offset INTEGER NOT NULL,
  PRIMARY KEY (application, held, name, bytes, sha1)
) WITHOUT ROWID;
CREATE TABLE contents (
  application INTEGER NOT NULL,
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha1 TEXT NOT NULL,
  text TEXT NOT NULL,
  UNIQUE (application, name, bytes, sha1)
);
CREATE TABLE flow (day INTEGER PRIMARY KEY, arrived INTEGER NOT NULL, gone INTEGER NOT NULL);
`;
