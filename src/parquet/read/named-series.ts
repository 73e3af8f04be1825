import type { NamedSeries } from "../../domain/series.ts";
import { decodeColumn, type GroupBytes } from "./columns.ts";
import { FileUnreadable } from "./unreadable.ts";

// A name may begin with U+FEFF, which is then a part of the name, not a byte order mark.
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** Consecutive rows of a row group by point, of the points that `isWanted`. Times and values are decoded only if there are any. */
export function* namedSeries(group: GroupBytes, isWanted: (name: string) => boolean): Generator<NamedSeries> {
  const names = decodeColumn(group, "pointName");
  let columns: { readonly timestamp: ArrayLike<unknown>; readonly value: ArrayLike<unknown> } | undefined;
  for (let row = 0; row < group.rows; ) {
    const bytes = names[row];
    if (!(bytes instanceof Uint8Array)) throw new FileUnreadable("a point name is of another type");
    const first = row;
    // Rows of a page share one array for a repeated name.
    while (row < group.rows && names[row] === bytes) row += 1;
    const name = decoder.decode(bytes);
    if (!isWanted(name)) continue;
    columns ??= { timestamp: decodeColumn(group, "timestamp"), value: decodeColumn(group, "value") };
    const numbers = (column: ArrayLike<unknown>) =>
      Float64Array.from({ length: row - first }, (_, index) => numberAt(column, first + index));
    yield { name, ms: numbers(columns.timestamp), value: numbers(columns.value) };
  }
}

function numberAt(column: ArrayLike<unknown>, row: number): number {
  const value = Number(column[row] ?? Number.NaN);
  if (!Number.isFinite(value)) throw new FileUnreadable(`row ${row} has no number`);
  return value;
}
