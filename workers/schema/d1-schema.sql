-- Hot storage: the samples of the last 20 days, in D1. The tables as all migrations together make them; a database gets
-- them from the migrations, which can be applied repeatedly:
--   npx wrangler d1 migrations apply ace-timeseries-hot -c workers/wrangler-query.toml --env production --remote
--
-- Samples are stored in blocks: those of 256 points in a window of 15 minutes, and later of 64 points in an hour, sorted and
-- compressed as in the archive's files (src/hot/block/block-codec.ts). Decision 26 has the measurements.
--
-- Only the ETL Sync Worker writes, a site from one object. The Backfill Worker alone changes `version` and `whole` of a
-- day: before it replaces the day's object, it sets whole = 0 and raises the version.

-- `epoch` rises with every claim of a writer: each of its transactions fails unless it has the current one.
CREATE TABLE sites (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  epoch INTEGER NOT NULL,
  since_ms INTEGER NOT NULL,   -- samples before it are not expected here
  watermark_ms INTEGER         -- every window before it has been read
) STRICT;

-- Numbers of a site's points, dense and given in order of name at first sight: neighbours have neighbouring numbers,
-- and a block has the points of one range of them. Names are compared byte by byte, as in the archive's files.
CREATE TABLE points (
  site_id INTEGER NOT NULL REFERENCES sites (id),
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (site_id, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX points_by_name ON points (site_id, name);

-- With a rowid, which stores rows of some kilobytes in fewer pages than a table that is its own index. `range` counts
-- ranges of points: of 256 at level 0, of 64 at level 1.
CREATE TABLE blocks (
  id INTEGER PRIMARY KEY,
  site_id INTEGER NOT NULL REFERENCES sites (id),
  level INTEGER NOT NULL CHECK (level IN (0, 1)),   -- 0: a window, 1: an hour
  range INTEGER NOT NULL,                           -- which points, by number
  from_ms INTEGER NOT NULL,                         -- start of the window or hour
  data BLOB NOT NULL,
  UNIQUE (site_id, level, range, from_ms)
) STRICT;

-- The windows that have been read. A window's samples are those of the blocks of its level, and of no other. A window
-- whose version is older than its day's is stale: readers ignore it, and the writer reads it again.
CREATE TABLE windows (
  site_id INTEGER NOT NULL REFERENCES sites (id),
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  read_to_ms INTEGER NOT NULL,   -- complete: not before to_ms
  read_at_ms INTEGER NOT NULL,
  version INTEGER NOT NULL,
  level INTEGER NOT NULL CHECK (level IN (0, 1)),
  samples INTEGER NOT NULL,
  newest_ms INTEGER,
  evidence TEXT NOT NULL,        -- JSON
  PRIMARY KEY (site_id, from_ms)
) STRICT, WITHOUT ROWID;

-- The days that hot storage is responsible for. whole: hot alone answers for the day. released: it no longer answers,
-- and the day's blocks are being deleted. `samples` counts those of all points in windows of the day's version.
CREATE TABLE days (
  site_id INTEGER NOT NULL REFERENCES sites (id),
  day TEXT NOT NULL,             -- YYYY-MM-DD, UTC
  version INTEGER NOT NULL,
  whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
  released INTEGER NOT NULL CHECK (released IN (0, 1)),
  samples INTEGER NOT NULL,
  PRIMARY KEY (site_id, day)
) STRICT, WITHOUT ROWID;
