import { expect, test } from "vitest";
import { partOf } from "../../../test/support/object-part.ts";
import {
  DAY,
  type DayFile,
  dayFile,
  evenDay,
  KEY,
  namesOf,
  SITE,
} from "../../../test/support/query/archive.ts";
import { DAY_MS, dayStartMs } from "../../domain/day.ts";
import { indexFooter } from "../../parquet/read/read.ts";
import type { ArchiveReader, ObjectHead } from "../../ports/archive.ts";
import { withMeter } from "../archive-requests.ts";
import { VERSIONS_MAX } from "../cold/cold.ts";
import { newMeter } from "../cost.ts";
import { archivedPoints } from "./archived-points.ts";

const START = dayStartMs(DAY);

/** One object after the other: each HEAD finds the next of `versions`, which replaces the version before it. */
function pointsOf(versions: readonly (Uint8Array | undefined)[], replacedAtRead = Number.POSITIVE_INFINITY) {
  const meter = newMeter();
  let [heads, reads] = [0, 0];
  const archive: ArchiveReader = {
    async head(): Promise<ObjectHead | undefined> {
      const bytes = versions[Math.min(heads, versions.length - 1)];
      heads += 1;
      const etag = String(heads);
      return bytes && { key: KEY, etag, bytes: bytes.length, sha256: undefined, uploadedAt: 0, metadata: {} };
    },
    async read(_, range, condition) {
      reads += 1;
      if (reads === replacedAtRead || replacedAtRead === 0) return undefined;
      const etag = condition && "ifMatch" in condition ? condition.ifMatch : "";
      const bytes = versions[Math.min(Number(etag), versions.length) - 1];
      return partOf(bytes && { bytes, etag }, range, condition);
    },
    list: async () => ({ heads: [] }),
    open: async () => undefined,
  };
  return { meter, points: archivedPoints(withMeter(archive, meter), SITE, DAY, meter) };
}

/** From the rows that were written to the file. */
const summaries = (file: DayFile) =>
  file.names.flatMap((point, index) => {
    const times = file.rows.filter((row) => row.point === index).map(({ timestampMs }) => timestampMs);
    return times.length === 0
      ? []
      : [{ point, samples: times.length, firstMs: Math.min(...times), lastMs: Math.max(...times) }];
  });

test("the points of a day are listed with count, first and last time, also a point of several row groups", async () => {
  const at = (ms: number) => (START + ms) * 1000;
  const samples = [0, 1, 2].flatMap((point) =>
    Array.from({ length: 7 * point }, (_, i) => ({ point, micros: at(i * 1000 + point), value: i })),
  );
  samples.push({ point: 3, micros: at(DAY_MS - 1), value: 1 });
  const file = dayFile(DAY, ["a", "b", "c, d", "\u{1F600}"], samples, 5);
  const { meter, points } = pointsOf([file.bytes]);
  expect(await points).toEqual({ state: "present", tiers: ["cold"], points: summaries(file) });
  expect(meter.rowGroupsRead).toBe(5);
  expect(meter.bytesRead).toBeGreaterThanOrEqual(file.bytes.length / 2);
});

test("values are not decoded: a day whose values are damaged still has its points", async () => {
  const file = evenDay(DAY, namesOf(3), 50, 20);
  const damaged = file.bytes.slice();
  const index = indexFooter(damaged, damaged.length);
  for (let group = 0; group < index.groups; group++) {
    const { offset, length } = index.chunks(group).value;
    damaged.fill(0xff, offset, offset + length);
  }
  expect((await pointsOf([damaged]).points).points).toEqual(summaries(file));
});

test("a name is returned exactly, also with U+FEFF at its beginning", async () => {
  const file = evenDay(DAY, ["a", "\ufeff", "\ufeffa"], 3, 2);
  expect((await pointsOf([file.bytes]).points).points).toEqual(summaries(file));
});

test("no object is a missing day, and a file without rows an empty one", async () => {
  expect(await pointsOf([undefined]).points).toEqual({ state: "missing", tiers: [], points: [] });
  const empty = dayFile(DAY, ["a"], [], 5);
  expect(await pointsOf([empty.bytes]).points).toEqual({ state: "empty", tiers: ["cold"], points: [] });
});

test("an object that is replaced during the count is counted again, and no two versions are mixed", async () => {
  const before = evenDay(DAY, namesOf(3), 50, 20);
  const after = evenDay(DAY, namesOf(4), 30, 20);
  for (const replacedAtRead of [1, 2]) {
    const { points } = pointsOf([before.bytes, after.bytes], replacedAtRead);
    expect((await points).points).toEqual(summaries(after));
  }
});

test("an object that is always replaced, and one that is unreadable, are faults with their key", async () => {
  const file = evenDay(DAY, namesOf(1), 5, 20);
  const unsettled = { kind: "object-unsettled", key: KEY };
  const { meter, points } = pointsOf([file.bytes], 0);
  await expect(points).rejects.toMatchObject(unsettled);
  expect(meter.r2Requests).toBe(2 * VERSIONS_MAX);
  const damaged = file.bytes.slice(0, -1);
  await expect(pointsOf([damaged]).points).rejects.toMatchObject({ kind: "object-unreadable", key: KEY });
});
