import { expect, test } from "vitest";
import { queryWithDuckdb } from "../../../../test/reference/duckdb.ts";
import { bytesOf } from "../../../../test/support/query/read-back.ts";
import {
  DAYS,
  expectedRows,
  FIRST_DAY_MS,
  FixtureSource,
  POINTS,
  SITE,
  type StoredSamples,
} from "../../../../test/support/query/source.ts";
import type { FormatName } from "../../../contract/query.ts";
import { DAY_MS } from "../../../domain/day.ts";
import { bucketSource } from "../../source.ts";
import { answerQuery } from "../answer.ts";

/** DuckDB's binding for Node drops U+FEFF at the beginning of a text. */
const NAMES = POINTS.filter((name) => !name.startsWith("\ufeff"));

const STORED: StoredSamples = {
  samples: new Map(
    NAMES.map((point, index) => [
      point,
      Array.from({ length: 20 }, (_, row) => [FIRST_DAY_MS + row * 6 * 3_600_000 + index, row / 3 - index]),
    ]),
  ),
  missing: new Set(),
};
const QUERY = { points: NAMES, fromMs: FIRST_DAY_MS, toMs: FIRST_DAY_MS + DAYS * DAY_MS };

/** DuckDB's own reading, without options that describe the file. */
const READ: Partial<Record<FormatName, (path: string) => string>> = {
  csv: (path) => `SELECT * FROM read_csv('${path}')`,
  ndjson: (path) => `SELECT * FROM read_ndjson('${path}') WHERE metadata IS NULL`,
  json: (path) => `SELECT unnest(samples, recursive := true) FROM read_json('${path}')`,
};

test.each(["csv", "ndjson", "json"] as const)(
  "DuckDB finds names, types and values of %s by itself",
  async (format) => {
    const samples = new FixtureSource(STORED);
    const body = await answerQuery(
      {
        site_name: SITE,
        point_names: NAMES,
        start_time: QUERY.fromMs,
        end_time: QUERY.toMs,
        interval: "raw",
        limit: 1_000,
      },
      format,
      {
        samples,
        buckets: bucketSource(samples),
        clock: { now: () => 0 },
        onFault: () => {},
        onCancel: () => {},
      },
    );
    if ("fault" in body) throw new Error(body.fault);
    const read = await queryWithDuckdb(
      await bytesOf(body),
      (path) =>
        `SELECT point_name, epoch_ms(timestamp::TIMESTAMP) AS ms, value FROM (${READ[format]?.(path)})`,
    );
    const rows = read.map(({ point_name, ms, value }) => ({ point: point_name, ms: Number(ms), value }));
    expect(rows).toEqual(expectedRows(STORED, QUERY));
  },
);
