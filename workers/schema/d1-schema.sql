-- Hot storage: the samples of the last 20 days, in D1. Applied as often as one likes:
--   npx wrangler d1 execute ace-timeseries-hot -c workers/wrangler-query.toml --env production --remote --file workers/schema/d1-schema.sql
--
-- Size. A sample takes 25 bytes when a day comes in hour by hour, 22 when a point's rows come in one go (measured, with
-- 4 KB pages): 3.74 million samples a day for 20 days are 75 million rows and 1.9 GB a site. A database ends at 10 GB, so
-- it holds five sites of that size. With the names in the rows instead of ids it would hold one.
--
-- Who writes keeps this order, for a reader's queries are no transaction together:
--   1. a day's row in `days` says whole = 1 only in the batch that writes its last samples, or after it;
--   2. before any sample of a day is taken out, its row in `days` is;
--   3. a day is taken out only when its object in R2 is verified, and is older than HOT_DAYS by a day at least.

CREATE TABLE IF NOT EXISTS sites (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- Its index on (site_id, name) holds the id as well: names are looked up and listed in order without the table. Names are
-- compared byte by byte, as in the archive's files.
CREATE TABLE IF NOT EXISTS points (
  id INTEGER PRIMARY KEY,
  site_id INTEGER NOT NULL REFERENCES sites (id),
  name TEXT NOT NULL,
  UNIQUE (site_id, name)
) STRICT;

-- Without rowid the key is the table: a point's samples lie side by side in order of time, so that a range of them is
-- read in one go, its newest is one seek, and each millisecond can be there once only. Ids are small integers, for each
-- byte of the key is paid for in every row. The sign of a zero is not kept: SQLite stores whole numbers as integers.
CREATE TABLE IF NOT EXISTS samples (
  point_id INTEGER NOT NULL,
  ms INTEGER NOT NULL,   -- milliseconds since 1970-01-01T00:00:00Z
  value REAL NOT NULL,
  PRIMARY KEY (point_id, ms)
) STRICT, WITHOUT ROWID;

-- What of which days is here, so that missing and empty can be told apart. No row: nothing is known of the day.
-- `samples` counts those of all points.
CREATE TABLE IF NOT EXISTS days (
  site_id INTEGER NOT NULL REFERENCES sites (id),
  day TEXT NOT NULL,     -- YYYY-MM-DD, UTC
  whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
  samples INTEGER NOT NULL,
  PRIMARY KEY (site_id, day)
) STRICT, WITHOUT ROWID;
