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

/** Consecutive rows of a day. */
interface RenderedRows {
  readonly bytes: Buffer;
  /** The end of each row; each row begins with its comma. */
  readonly ends: Uint32Array;
}

interface RenderedDay {
  /** The number of rows before each burst. */
  readonly rowsBefore: Uint32Array;
  readonly chunks: readonly (RenderedRows & { readonly firstRow: number })[];
}

export function createRenderer(data: SiteData): Renderer {
  const heads = data.names.map((name) => `,{"name":${asciiJson(name)},"value":`);
  const prerendered = new Map<UtcDay, RenderedDay>();
  return {
    rows(slices, orderSeed) {
      const parts = Array.from(chunksOf(slices), (chunk) => {
        const [first] = chunk;
        const day = first && orderSeed === undefined ? prerendered.get(first.table.day) : undefined;
        return day ? cut(day, chunk) : [render(chunk, heads, orderSeed).bytes];
      });
      return parts.flat().map((bytes, index) => bytes.subarray(index === 0 ? 1 : 0));
    },
    prerender(table) {
      const rowsBefore = new Uint32Array(table.micros.length);
      const chunks: (RenderedRows & { firstRow: number })[] = [];
      let rows = 0;
      for (const chunk of chunksOf(wholeBursts(table))) {
        chunks.push({ ...render(chunk, heads), firstRow: rows });
        for (const { burst, to } of chunk) {
          rowsBefore[burst] = rows;
          rows += to;
        }
      }
      prerendered.set(table.day, { rowsBefore, chunks });
      return chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
    },
  };
}

function* wholeBursts(table: DayTable): Iterable<Slice> {
  for (let burst = 0; burst < table.micros.length; burst++) {
    yield { table, burst, from: 0, to: table.rowsIn(burst) };
  }
}

/** A buffer for each row would take more memory than the rows; a site may have one row a timestamp. */
const CHUNK_ROWS = 4_096;

/** Consecutive slices of one day, so many together that they have about `CHUNK_ROWS` rows. */
function* chunksOf(slices: Iterable<Slice>): Iterable<readonly Slice[]> {
  let chunk: Slice[] = [];
  let rows = 0;
  for (const slice of slices) {
    if (chunk.length > 0 && (rows >= CHUNK_ROWS || chunk[0]?.table !== slice.table)) {
      yield chunk;
      chunk = [];
      rows = 0;
    }
    chunk.push(slice);
    rows += slice.to - slice.from;
  }
  if (chunk.length > 0) yield chunk;
}

/** The bytes of consecutive slices of a prerendered day. */
function cut({ rowsBefore, chunks }: RenderedDay, slices: readonly Slice[]): Buffer[] {
  const [first, last] = [slices[0], slices.at(-1)];
  if (!first || !last) return [];
  const begin = (rowsBefore[first.burst] ?? 0) + first.from;
  const end = (rowsBefore[last.burst] ?? 0) + last.to;
  return chunks.flatMap(({ firstRow, bytes, ends }) => {
    const from = Math.max(begin - firstRow, 0);
    const to = Math.min(end - firstRow, ends.length);
    return from < to ? [bytes.subarray(from === 0 ? 0 : ends[from - 1], ends[to - 1])] : [];
  });
}

/** Rows are joined and written so many at a time: encoding all rows as one string takes six times as long. */
const ROWS_JOINED = 32;

function render(slices: readonly Slice[], heads: readonly string[], orderSeed?: number): RenderedRows {
  const ends = new Uint32Array(slices.reduce((sum, { from, to }) => sum + to - from, 0));
  const texts: string[] = [];
  let text = "";
  let end = 0;
  let rows = 0;
  for (const { table, burst, from, to } of slices) {
    const tail = tailOf(table, burst);
    const { points, tokens } = table.draw(burst);
    const order = orderSeed === undefined ? undefined : shuffled(tokens.length, orderSeed + burst);
    for (let at = from; at < to; at++) {
      const row = order?.[at] ?? at;
      const rowText = (heads[points[row] ?? 0] ?? "") + (tokens[row] ?? "null") + tail;
      end += rowText.length;
      ends[rows++] = end;
      text += rowText;
      if (rows % ROWS_JOINED !== 0) continue;
      texts.push(text);
      text = "";
    }
  }
  texts.push(text);

  const bytes = Buffer.allocUnsafe(end);
  let written = 0;
  for (const each of texts) written += bytes.latin1Write(each, written);
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
