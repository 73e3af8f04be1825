import type { UtcDay } from "../../src/domain/day.ts";
import type { DayTable, Series } from "../building/series.ts";
import { shuffled } from "../chance.ts";
import { formatNaive } from "../naive-time.ts";
import type { Slice } from "./paging.ts";

/** Turns slices of bursts into the bytes of a `point_samples` array, without an object per row. */
export interface Renderer {
  /** The slices' rows, joined by commas. `orderSeed` moves the rows inside each timestamp. */
  rows(slices: readonly Slice[], orderSeed?: number): Buffer[];
  /** Keeps every row of a day as bytes, so that pages of any size are cut from them; answers their number. */
  prerender(table: DayTable): number;
}

interface RenderedRows {
  readonly bytes: Buffer;
  /** Where each row ends; each begins with its comma. */
  readonly ends: Uint32Array;
}

export function createRenderer(series: Series): Renderer {
  const heads = series.names.map((name) => `,{"name":${asciiJson(name)},"value":`);
  const kept = new Map<UtcDay, readonly RenderedRows[]>();

  const bytesOf = (slice: Slice, orderSeed?: number): Buffer => {
    const rendered = orderSeed === undefined ? kept.get(slice.table.day)?.[slice.burst] : undefined;
    if (!rendered) return render(slice, heads, orderSeed).bytes;
    const start = slice.from === 0 ? 0 : rendered.ends[slice.from - 1];
    return rendered.bytes.subarray(start, rendered.ends[slice.to - 1]);
  };

  return {
    rows(slices, orderSeed) {
      return slices.map((slice, index) => bytesOf(slice, orderSeed).subarray(index === 0 ? 1 : 0));
    },
    prerender(table) {
      const bursts = Array.from(table.micros, (_, burst) =>
        render({ table, burst, from: 0, to: table.rowsIn(burst) }, heads),
      );
      kept.set(table.day, bursts);
      return bursts.reduce((sum, { bytes }) => sum + bytes.length, 0);
    },
  };
}

/** Texts are joined so many rows at a time: joined whole, they took six times as long to become bytes. */
const ROWS_JOINED = 32;

function render(
  { table, burst, from, to }: Slice,
  heads: readonly string[],
  orderSeed?: number,
): RenderedRows {
  const tail = tailOf(table, burst);
  const { points, tokens } = table.draw(burst);
  const order = orderSeed === undefined ? undefined : shuffled(tokens.length, orderSeed + burst);
  const headAt = (row: number) => heads[points[row] ?? 0] ?? "";
  const tokenAt = (row: number) => tokens[row] ?? "null";

  const ends = new Uint32Array(to - from);
  let end = 0;
  for (let at = from; at < to; at++) {
    const row = order?.[at] ?? at;
    end += headAt(row).length + tokenAt(row).length + tail.length;
    ends[at - from] = end;
  }

  const bytes = Buffer.allocUnsafe(end);
  let written = 0;
  let text = "";
  for (let at = from; at < to; at++) {
    const row = order?.[at] ?? at;
    text += headAt(row) + tokenAt(row) + tail;
    if (at % ROWS_JOINED !== 0 && at !== to - 1) continue;
    written += bytes.latin1Write(text, written);
    text = "";
  }
  return { bytes, ends };
}

const tailOf = (table: DayTable, burst: number) => `,"time":"${formatNaive(table.micros[burst] ?? 0)}"}`;

/** JSON of a string in ASCII alone, as Python writes it: so that characters are bytes. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
