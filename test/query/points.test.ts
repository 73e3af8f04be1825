import fc from "fast-check";
import { expect, test } from "vitest";
import type { KnownPointsAnswer } from "../../src/contract/query.ts";
import type { UtcDay } from "../../src/domain/day.ts";
import { pointsKey } from "../../src/domain/layout.ts";
import { compareNames } from "../../src/domain/point-name.ts";
import { NO_FIELDS, type PointRow } from "../../src/domain/point-row.ts";
import { concatenate } from "../../src/parquet/bytes.ts";
import { encodePoints } from "../../src/parquet/points/points.ts";
import { queryWithDuckdb } from "../reference/duckdb.ts";
import { SITE } from "../support/query/archive.ts";
import { MemoryArchive } from "../support/query/memory-archive.ts";
import { SqliteHot } from "../support/query/sqlite-hot.ts";
import { QueryWorker } from "./query-worker.ts";

const WORDS = ["temp", "Zone", "AHU-1", "VAV_2", "é", "%", "_", "equip=VAV", "floor"];
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }).map((words) => words.join(" "));
const rows: fc.Arbitrary<PointRow[]> = fc
  .array(fc.record({ description: text, objectName: text, equip: text, marker: text }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((all) =>
    all
      .map(({ description, objectName, equip, marker }, index): PointRow => {
        const tags = {
          kvTags: JSON.stringify({ equip }),
          markerTags: JSON.stringify(marker ? [marker] : []),
        };
        const fields = {
          ...NO_FIELDS,
          description: description || null,
          objectName: objectName || null,
          ...tags,
        };
        const day = "2024-01-01" as UtcDay;
        return { name: `p/${index % 7}/${WORDS[index % 9]}/${index}`, fields, firstSeen: day, lastSeen: day };
      })
      .sort((a, b) => compareNames(a.name, b.name)),
  );

/** What DuckDB finds in the file: each word in one of the texts, in any case. */
async function foundByDuckdb(file: Uint8Array, words: readonly string[]): Promise<unknown[]> {
  const has = (word: string) => {
    const inText = (column: string) => `contains(lower(coalesce(${column}, '')), '${word.toLowerCase()}')`;
    const tags = ["'equip=' || (kv_tags ->> 'equip')", "marker_tags ->> 0"];
    return `(${["point_name", "object_name", "description", ...tags].map(inText).join(" OR ")})`;
  };
  const where = ["true", ...words.map(has)].join(" AND ");
  return (await queryWithDuckdb(file, (path) => `SELECT point_name FROM '${path}' WHERE ${where}`)).map(
    ({ point_name }) => point_name,
  );
}

test("the points that a search finds are those that DuckDB finds in the same file, page by page", async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }),
      fc.integer({ min: 1, max: 30 }),
      async (all, words, limit) => {
        const file = concatenate([...encodePoints(SITE, all)]);
        const bucket = new MemoryArchive();
        bucket.place(pointsKey(SITE), file);
        const worker = new QueryWorker({ bucket, hot: new SqliteHot(), nowMs: 0, hotDays: 20 });
        const expected = await foundByDuckdb(file, words);
        const found: string[] = [];
        for (let cursor: string | null = ""; cursor !== null; ) {
          const parameters = new URLSearchParams({
            site_name: SITE,
            q: words.join(" "),
            limit: String(limit),
          });
          if (cursor) parameters.set("cursor", cursor);
          const { body } = await worker.get("/timeseries/points", parameters);
          const page = JSON.parse(new TextDecoder().decode(body)) as KnownPointsAnswer;
          expect(page.metadata.total_points).toBe(expected.length);
          found.push(...page.points.map(({ point_name }) => point_name));
          cursor = page.metadata.next_cursor;
        }
        expect(found).toEqual(expected);
      },
    ),
    { numRuns: 40 },
  );
});
