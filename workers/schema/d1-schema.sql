-- Hot storage: the samples of the last 20 days, in D1. It can be applied repeatedly:
--   npx wrangler d1 execute ace-timeseries-hot -c workers/wrangler-query.toml --env production --remote --file workers/schema/d1-schema.sql
--
-- Size. A sample takes 25 bytes when a day is written hour by hour, 22 when a point's rows are written at once (measured, with
-- 4 KB pages): 3.74 million samples a day for 20 days are 75 million rows and 1.9 GB a site. A database ends at 10 GB, so
-- it has room for five sites of that size. With names in the rows instead of ids it would have room for one site.
--
-- A writer keeps this order, since the statements of a reader are no transaction:
--   1. a day's row in `days` gets whole = 1 only in the batch that writes its last samples, or after it;
--   2. the row of a day in `days` is deleted before any of its samples;
--   3. a day is deleted only when its object in R2 is verified, and it is at least a day older than HOT_DAYS.

CREATE TABLE IF NOT EXISTS sites (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- The index on (site_id, name) has the id as well: names are found and listed in order without the table. Names are
-- compared byte by byte, as in the archive's files.
CREATE TABLE IF NOT EXISTS points (
  id INTEGER PRIMARY KEY,
  site_id INTEGER NOT NULL REFERENCES sites (id),
  name TEXT NOT NULL,
  UNIQUE (site_id, name)
) STRICT;

-- Without rowid the key is the table: a point's samples are consecutive in order of time, so that a range of them is
-- one scan, its newest sample is one seek, and each millisecond can exist only once. Ids are small integers, since each
-- byte of the key is in every row. The sign of a zero is lost: SQLite stores whole numbers as integers.
CREATE TABLE IF NOT EXISTS samples (
  point_id INTEGER NOT NULL,
  ms INTEGER NOT NULL,   -- milliseconds since 1970-01-01T00:00:00Z
  value REAL NOT NULL,
  PRIMARY KEY (point_id, ms)
) STRICT, WITHOUT ROWID;

-- The days that are in hot storage, so that missing and empty days can be distinguished. No row: the day is unknown.
-- `samples` counts those of all points.
CREATE TABLE IF NOT EXISTS days (
  site_id INTEGER NOT NULL REFERENCES sites (id),
  day TEXT NOT NULL,     -- YYYY-MM-DD, UTC
  whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
  samples INTEGER NOT NULL,
  PRIMARY KEY (site_id, day)
) STRICT, WITHOUT ROWID;
