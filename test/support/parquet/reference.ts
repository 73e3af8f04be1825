import type { Encoding } from "hyparquet";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js";
import { utcDayOf } from "../../../src/domain/day.ts";
import type { SampleColumns } from "../../../src/domain/samples.ts";
import type { FileSpec } from "../../../src/parquet/file/file.ts";
import { CREATED_BY, keyValues, SCHEMA } from "../../../src/parquet/file-format.ts";

/** A reference for the pipeline's tests: the same rules, implemented in a short and slow way. */

export interface Sample {
  readonly point: number;
  readonly micros: number;
  readonly value: number;
}

export interface Row {
  readonly point: number;
  readonly timestampMs: number;
  readonly value: number;
}

export function columnsOf(samples: readonly Sample[]): SampleColumns {
  return {
    length: samples.length,
    point: Uint32Array.from(samples, ({ point }) => point),
    micros: Float64Array.from(samples, ({ micros }) => micros),
    value: Float64Array.from(samples, ({ value }) => value),
  };
}

/** The rows of the file in order, one per (point, millisecond). */
export function referenceRows(samples: readonly Sample[]): Row[] {
  const winners = new Map<string, Sample>();
  for (const sample of samples) {
    const key = `${sample.point} ${Math.floor(sample.micros / 1000)}`;
    const rival = winners.get(key);
    if (!rival || beats(sample, rival)) winners.set(key, sample);
  }
  return [...winners.values()]
    .map(({ point, micros, value }) => ({ point, timestampMs: Math.floor(micros / 1000), value }))
    .sort((a, b) => a.point - b.point || a.timestampMs - b.timestampMs);
}

function beats(sample: Sample, rival: Sample): boolean {
  if (sample.micros !== rival.micros) return sample.micros > rival.micros;
  return sample.value > rival.value || (sample.value === rival.value && Object.is(rival.value, -0));
}

interface ReferenceOptions {
  /** Without key-values where it is 1.0.0. */
  readonly version?: "1.0.0";
  /** Of each row group; without them the writer chooses. */
  readonly valueEncodings?: readonly (Encoding | undefined)[];
}

/** The file as hyparquet-writer writes it. `rows` must not have -0: its dictionaries do not distinguish it from +0. */
export function referenceFile(
  spec: FileSpec,
  rows: readonly Row[],
  rowGroupSize: number,
  { version, valueEncodings = [] }: ReferenceOptions = {},
): Uint8Array {
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: SCHEMA.map((element) => ({ ...element })),
    statisticsTruncateLength: Number.POSITIVE_INFINITY,
    ...(version
      ? { createdBy: `building-vitals-backfill version ${version} (build 1)` }
      : { createdBy: CREATED_BY, kvMetadata: [...keyValues(spec.site, utcDayOf(spec.dayStartMs))] }),
  });
  for (let group = 0; group * rowGroupSize < rows.length; group++) {
    const part = rows.slice(group * rowGroupSize, (group + 1) * rowGroupSize);
    const valueEncoding = valueEncodings[group];
    parquet.write({
      rowGroupSize,
      pageSize: 0,
      columnData: [
        {
          name: "timestamp",
          data: BigInt64Array.from(part, ({ timestampMs }) => BigInt(timestampMs)),
          encoding: "DELTA_BINARY_PACKED",
        },
        { name: "point_name", data: part.map(({ point }) => spec.names[point]), encoding: "RLE_DICTIONARY" },
        {
          name: "value",
          data: Float64Array.from(part, ({ value }) => value),
          ...(valueEncoding && { encoding: valueEncoding }),
        },
        { name: "site_name", data: part.map(() => spec.site), encoding: "RLE_DICTIONARY" },
      ],
    });
  }
  parquet.finish();
  return writer.getBytes();
}
