import fc from "fast-check";
import { expect, test } from "vitest";
import { imbalance } from "../../src/domain/evidence.ts";
import { encodeFooter } from "../../src/parquet/file/file.ts";
import { encodeSlice, FILE_START, type FilePosition } from "../../src/parquet/merge/merge.ts";
import { readWithHyparquet } from "../reference/other-readers.ts";
import { days, type MergePlan } from "./cases.ts";
import { type FetchedDay, fetchDay } from "./fetch-day.ts";
import { countsOf, isTimed, rowsOf } from "./truth.ts";
import { DAY_START_MS, SITE } from "./world.ts";

test("a day gives the same file for any windows, page sizes, orders, repetitions, interruptions and merge slices", async () => {
  await fc.assert(
    fc.asyncProperty(days, async ({ rows, rowGroupSize, points, ways }) => {
      const expected = rowsOf(rows, points);
      const files: Uint8Array[] = [];
      for (const { server, fetch, merge } of ways) {
        // Rows without a readable time can't be traced while the order inside a timestamp changes.
        const moves = server.moves && rows.every(isTimed);
        const day = fetchDay({ ...server, moves, rows }, fetch, points);
        const { file, position } = mergeFile(day, rowGroupSize, merge);
        files.push(file);

        const { kept, ...counts } = countsOf(day.pages, points);
        const { pages: _, requests, retries, ...transport } = day.transport;
        expect(transport).toEqual(counts);
        const { rows: written, duplicates } = position.merge;
        expect(imbalance(written, duplicates, day.transport)).toBeUndefined();
        expect([written, duplicates]).toEqual([expected.length, kept - expected.length]);
        expect(position.merge).toMatchObject(contentOf(expected));
      }
      expect(files[1]).toEqual(files[0]);
      expect(await readWithHyparquet(files[0] as Uint8Array)).toEqual(
        expected.map((row) => ({ ...row, site_name: SITE })),
      );
    }),
    { numRuns: 250 },
  );
});

/** The pure parts from block to file, as `mergeDay` puts them together. */
function mergeFile({ blocks, names }: FetchedDay, rowGroupSize: number, plan: MergePlan) {
  const spec = { site: SITE, dayStartMs: DAY_START_MS, names };
  const { samplesMax, bucketBytesMax, lost } = plan;
  let saved: { position: FilePosition; bytes: Uint8Array; groups: Uint8Array[] } = {
    position: FILE_START,
    bytes: new Uint8Array(),
    groups: [],
  };
  for (let slice = 0; !saved.position.merge.done; slice += 1) {
    const bytes: Uint8Array[] = [saved.bytes];
    const groups = [...saved.groups];
    const before = JSON.parse(JSON.stringify(saved.position)) as FilePosition;
    const position = encodeSlice(
      blocks,
      before,
      spec,
      { rowGroupSize, samplesMax, bucketBytesMax },
      (group) => {
        bytes.push(group.bytes);
        groups.push(group.metadata);
      },
    );
    if (!lost[slice]) saved = { position, bytes: Buffer.concat(bytes), groups };
  }
  const { position, bytes, groups } = saved;
  return { position, file: new Uint8Array(Buffer.concat([bytes, encodeFooter(groups, spec)])) };
}

function contentOf(rows: ReturnType<typeof rowsOf>) {
  const sinceStart = rows.map(({ timestamp }) => timestamp - DAY_START_MS);
  return {
    points: new Set(rows.map(({ point_name }) => point_name)).size,
    firstMs: rows.length > 0 ? Math.min(...sinceStart) : -1,
    lastMs: Math.max(-1, ...sinceStart),
  };
}
