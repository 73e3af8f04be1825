-- The tables of hot storage; workers/schema/d1-schema.sql describes them. An earlier version stored a row a sample and had
-- no writer: its tables are dropped, and the first sync fills the new ones from the API.
DROP TABLE IF EXISTS samples;
DROP TABLE IF EXISTS days;
DROP TABLE IF EXISTS points;
DROP TABLE IF EXISTS sites;

CREATE TABLE sites (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  epoch INTEGER NOT NULL,
  since_ms INTEGER NOT NULL,
  watermark_ms INTEGER
) STRICT;

CREATE TABLE points (
  site_id INTEGER NOT NULL REFERENCES sites (id),
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (site_id, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX points_by_name ON points (site_id, name);

CREATE TABLE blocks (
  id INTEGER PRIMARY KEY,
  site_id INTEGER NOT NULL REFERENCES sites (id),
  level INTEGER NOT NULL CHECK (level IN (0, 1)),
  range INTEGER NOT NULL,
  from_ms INTEGER NOT NULL,
  data BLOB NOT NULL,
  UNIQUE (site_id, level, range, from_ms)
) STRICT;

CREATE TABLE windows (
  site_id INTEGER NOT NULL REFERENCES sites (id),
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  read_to_ms INTEGER NOT NULL,
  read_at_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  level INTEGER NOT NULL CHECK (level IN (0, 1)),
  samples INTEGER NOT NULL,
  newest_ms INTEGER,
  evidence TEXT NOT NULL,
  PRIMARY KEY (site_id, from_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE days (
  site_id INTEGER NOT NULL REFERENCES sites (id),
  day TEXT NOT NULL,
  version INTEGER NOT NULL,
  whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
  released INTEGER NOT NULL CHECK (released IN (0, 1)),
  samples INTEGER NOT NULL,
  PRIMARY KEY (site_id, day)
) STRICT, WITHOUT ROWID;
