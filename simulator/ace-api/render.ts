import type { UtcDay } from "../../src/domain/day.ts";
import type { DayTable, SiteData } from "../building/building.ts";
import { shuffled } from "../chance.ts";
import { formatNaive } from "../naive-time.ts";
import type { Slice } from "./sample-page.ts";

/** Turns slices of bursts into the bytes of a `point_samples` array, without an object per row. */
export interface Renderer {
  /** The slices' rows, joined by commas. `orderSeed` shuffles the rows of each timestamp. */
  rows(slices: readonly Slice[], orderSeed?: number): Buffer[];
  /** Renders every row of a day in advance, so that pages of any size are cut from it; returns the number of bytes. */
  prerender(table: DayTable): number;
}

interface RenderedRows {
  readonly bytes: Buffer;
  /** The end of each row; each row begins with its comma. */
  readonly ends: Uint32Array;
}

export function createRenderer(data: SiteData): Renderer {
  const heads = data.names.map((name) => `,{"name":${asciiJson(name)},"value":`);
  const prerendered = new Map<UtcDay, readonly RenderedRows[]>();

  const bytesOf = (slice: Slice, orderSeed?: number): Buffer => {
    const rendered = orderSeed === undefined ? prerendered.get(slice.table.day)?.[slice.burst] : undefined;
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
      prerendered.set(table.day, bursts);
      return bursts.reduce((sum, { bytes }) => sum + bytes.length, 0);
    },
  };
}

/** Rows are joined and written so many at a time: encoding all rows as one string takes six times as long. */
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

/** JSON of a string in ASCII only, as Python writes it, so that each character is one byte. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
