import type { BucketSeries } from "../../../src/domain/buckets.ts";
import type { NamedSeries } from "../../../src/domain/series.ts";
import { concatenate } from "../../../src/parquet/bytes.ts";
import {
  encodeRollupFooter,
  encodeRollupGroup,
  encodeSampleGroup,
  ROLLUP_GROUP_ROWS,
  type RollupPoint,
  type RollupSpec,
  SAMPLE_GROUP_ROWS,
} from "../../../src/parquet/rollup/rollup.ts";

/** Encodes the file of a roll-up, for tests and fixtures. The points ascend by name in UTF-8 bytes. */
export function encodeRollup(
  spec: RollupSpec,
  points: Iterable<RollupPoint>,
  groupRows = ROLLUP_GROUP_ROWS,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const metadata: Uint8Array[] = [];
  let group: RollupPoint[] = [];
  let [fileOffset, rows] = [0, 0];
  const flush = () => {
    const encoded = encodeRollupGroup(spec, group, fileOffset);
    parts.push(encoded.bytes);
    metadata.push(encoded.metadata);
    fileOffset += encoded.bytes.length;
    [group, rows] = [[], 0];
  };
  for (const point of points) {
    group.push(point);
    rows += point.hours.ms.length;
    if (rows >= groupRows) flush();
  }
  if (rows > 0) flush();
  return concatenate([...parts, encodeRollupFooter(metadata, spec)]);
}

/** Encodes the file of a month, for tests and fixtures. The points ascend by name in UTF-8 bytes, and have samples. */
export function encodeMonth(
  spec: RollupSpec,
  points: Iterable<NamedSeries>,
  groupRows = SAMPLE_GROUP_ROWS,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const metadata: Uint8Array[] = [];
  let fileOffset = 0;
  for (const { name, ms, value } of points) {
    for (let from = 0; from < ms.length; from += groupRows) {
      const part = { name, ms: ms.slice(from, from + groupRows), value: value.slice(from, from + groupRows) };
      const encoded = encodeSampleGroup(spec, [part], fileOffset);
      parts.push(encoded.bytes);
      metadata.push(encoded.metadata);
      fileOffset += encoded.bytes.length;
    }
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
