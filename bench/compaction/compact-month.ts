import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AsyncBuffer } from "hyparquet";
import type { UtcDay } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import type { NamedSeries, Series } from "../../src/domain/series.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { namedSeries, rowGroups } from "../../src/parquet/read/read.ts";
import { REFERENCE_NAMES } from "../data/data.ts";
import type { MonthWriter } from "./month-layout.ts";

export interface BuildCost {
  /** Reading, decoding and merging the day files, which is the same for every layout. */
  readonly mergeCpuSeconds: number;
  readonly encodeCpuSeconds: readonly number[];
  readonly rows: number;
}

/** Builds the files of a month from its day files, point by point, and closes them. */
export async function compactMonth(
  folder: string,
  site: SiteName,
  days: readonly UtcDay[],
  files: readonly MonthWriter[],
): Promise<BuildCost> {
  const encode = files.map(() => 0);
  let rows = 0;
  const cpuSeconds = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const startSeconds = cpuSeconds();
  const sources = days.map((day) => wholePoints(openFile(join(folder, objectKey(site, day)))));
  let heads = await Promise.all(sources.map((source) => source.next()));
  for (const [point, name] of REFERENCE_NAMES.entries()) {
    const parts: Series[] = [];
    heads = await Promise.all(
      heads.map((head, day) => {
        if (head.done || head.value.name !== name) return head;
        parts.push(head.value);
        return (sources[day] as AsyncGenerator<NamedSeries>).next();
      }),
    );
    rows += parts.reduce((sum, { ms }) => sum + ms.length, 0);
    files.forEach((file, at) => {
      const before = cpuSeconds();
      if (parts.length > 0) file.add(point, parts);
      encode[at] = (encode[at] as number) + cpuSeconds() - before;
    });
  }
  for (const file of files) file.finish();
  const encoded = encode.reduce((sum, each) => sum + each, 0);
  return { mergeCpuSeconds: cpuSeconds() - startSeconds - encoded, encodeCpuSeconds: encode, rows };
}

/** The points of a file in order, each once: a point that is in two row groups is joined. */
async function* wholePoints(file: AsyncBuffer): AsyncGenerator<NamedSeries> {
  let open: { name: string; parts: NamedSeries[] } | undefined;
  for await (const group of rowGroups(file)) {
    for (const series of namedSeries(group, () => true)) {
      if (open?.name === series.name) open.parts.push(series);
      else {
        if (open) yield joined(open.parts);
        open = { name: series.name, parts: [series] };
      }
    }
  }
  if (open) yield joined(open.parts);
}

function joined(parts: readonly NamedSeries[]): NamedSeries {
  const [first] = parts as [NamedSeries];
  if (parts.length === 1) return first;
  const join = (of: (series: NamedSeries) => Float64Array) =>
    Float64Array.from(parts.flatMap((series) => [...of(series)]));
  return { name: first.name, ms: join(({ ms }) => ms), value: join(({ value }) => value) };
}

function openFile(path: string): AsyncBuffer {
  return {
    byteLength: statSync(path).size,
    slice(start, end) {
      const descriptor = openSync(path, "r");
      try {
        const bytes = new Uint8Array((end ?? statSync(path).size) - start);
        readSync(descriptor, bytes, 0, bytes.length, start);
        return bytes.buffer;
      } finally {
        closeSync(descriptor);
      }
    },
  };
}
