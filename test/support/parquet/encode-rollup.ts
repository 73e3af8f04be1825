import type { BucketSeries } from "../../../src/domain/buckets.ts";
import type { NamedSeries } from "../../../src/domain/series.ts";
import { concatenate } from "../../../src/parquet/bytes.ts";
import {
  type EncodedRollupGroup,
  encodeRollupFooter,
  encodeRollupGroup,
  encodeSampleGroup,
  ROLLUP_GROUP_ROWS,
  type RollupPoint,
  type RollupSpec,
  SAMPLE_GROUP_ROWS,
} from "../../../src/parquet/rollup/rollup.ts";

/** Encodes the file of a roll-up, for tests and fixtures. The points ascend by name in UTF-8 bytes, and have rows. */
export const encodeRollup = (
  spec: RollupSpec,
  points: readonly RollupPoint[],
  groupRows = ROLLUP_GROUP_ROWS,
): Uint8Array => fileOf(spec, groupsOf(points, groupRows), encodeRollupGroup);

/** The row groups of points, each of which ends with the point that reaches `groupRows`. */
export function groupsOf(points: readonly RollupPoint[], groupRows: number): RollupPoint[][] {
  const groups: RollupPoint[][] = [];
  let rows = groupRows;
  for (const point of points) {
    if (rows >= groupRows) {
      groups.push([]);
      rows = 0;
    }
    groups.at(-1)?.push(point);
    rows += point.hours.ms.length;
  }
  return groups;
}

/** Encodes the file of a month, for tests and fixtures. The points ascend by name in UTF-8 bytes, and have samples. */
export function encodeMonth(
  spec: RollupSpec,
  points: readonly NamedSeries[],
  groupRows = SAMPLE_GROUP_ROWS,
): Uint8Array {
  const groups = points.flatMap(({ name, ms, value }) =>
    Array.from({ length: Math.ceil(ms.length / groupRows) }, (_, at) => {
      const [from, to] = [at * groupRows, (at + 1) * groupRows];
      return [{ name, ms: ms.slice(from, to), value: value.slice(from, to) }];
    }),
  );
  return fileOf(spec, groups, encodeSampleGroup);
}

/** A file of row groups, each of the points that it has. */
export function fileOf<Point>(
  spec: RollupSpec,
  groups: readonly (readonly Point[])[],
  encode: (spec: RollupSpec, points: readonly Point[], fileOffset: number) => EncodedRollupGroup,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const metadata: Uint8Array[] = [];
  let fileOffset = 0;
  for (const points of groups) {
    const encoded = encode(spec, points, fileOffset);
    parts.push(encoded.bytes);
    metadata.push(encoded.metadata);
    fileOffset += encoded.bytes.length;
  }
  return concatenate([...parts, encodeRollupFooter(metadata, spec)]);
}

/** Hours of made-up samples, from `startMs` on. */
export function madeUpHours(startMs: number, hours: number, seed: number): BucketSeries {
  const column = (value: (hour: number) => number) =>
    Float64Array.from({ length: hours }, (_, hour) => value(hour));
  const level = (hour: number) => Math.round(Math.sin(seed + hour / 7) * 400) / 10;
  return {
    ms: column((hour) => startMs + hour * 3_600_000),
    count: column((hour) => 30 + ((hour + seed) % 7)),
    sum: column((hour) => level(hour) * 33.3),
    min: column((hour) => level(hour) - 1),
    max: column((hour) => level(hour) + 0.5),
    first: column((hour) => (level(hour) === 0 ? -0 : level(hour))),
    last: column(level),
  };
}
