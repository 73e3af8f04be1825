import { type HourRow, hourFaults } from "./hours.ts";
import type { Row } from "./truth.ts";

/** What is wrong with the rows of a month: it must have exactly the samples, in order of name (UTF-8) and time. */
export function monthFaults(found: readonly Row[], samples: readonly Row[]): string[] {
  const expected = samples.toSorted((a, b) => {
    const names = Buffer.compare(Buffer.from(a.point_name), Buffer.from(b.point_name));
    return names || a.timestamp - b.timestamp;
  });
  if (found.length !== expected.length) return [`${found.length} rows, not ${expected.length}`];
  const line = ({ timestamp, point_name, value, site_name }: Row) =>
    [timestamp, point_name, Object.is(value, -0) ? "-0" : value, site_name].join(" ");
  const at = expected.findIndex((row, nth) => line(row) !== line(found[nth] as Row));
  return at < 0 ? [] : [`row ${at} is ${line(found[at] as Row)}, not ${line(expected[at] as Row)}`];
}

/** What is wrong with the rows of a roll-up, by hours or raw as its key says. */
export function rollupRowFaults(key: string, rows: readonly Row[], samples: readonly Row[]): string[] {
  return key.startsWith("rollups/raw/")
    ? monthFaults(rows, samples)
    : hourFaults(rows as unknown as readonly HourRow[], samples);
}
