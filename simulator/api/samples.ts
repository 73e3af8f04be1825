import type { DayTable, Series } from "../building/series.ts";
import type { PageTwists } from "../faults/strike.ts";
import type { Settings } from "../options.ts";
import { bucketed } from "./buckets.ts";
import { encodeCursor, nextPosition, type Position } from "./cursor.ts";
import { takePage } from "./paging.ts";
import type { SamplesQuery } from "./query.ts";
import { createRenderer } from "./render.ts";
import { bytesReply, jsonReply, type Reply } from "./reply.ts";

/** Answers the timeseries requests of one site. */
export interface SamplesDesk {
  answer(query: SamplesQuery, settings: Settings, twists: PageTwists): Reply;
  /** Keeps a day as bytes; answers their number. */
  prerender(table: DayTable): number;
}

export function createSamplesDesk(series: Series): SamplesDesk {
  const raw = { series, renderer: createRenderer(series) };
  // Means are other rows under the same day: they are never cut from the kept bytes of raw ones.
  const means = { series: withMeans(series), renderer: createRenderer(series) };
  const walks = createWalks();
  let shuffles = 0;
  return {
    answer(query, settings, twists) {
      const asked = query.cursor ?? { micros: query.fromMicros, offset: 0 };
      const before = walks.visit(query, asked);
      const start = twists.repeat ? before : asked;
      if (twists.hollow) return samplesReply([], encodeCursor(start, settings.cursors), true, 0);
      const shown = query.raw ? raw : means;
      const window = { ...query, toIncluded: settings.end === "inclusive" };
      const page = takePage(shown.series, window, start, query.pageSize);
      if (page.rows === 0 && !query.cursor && settings.empty === "not-found") {
        return jsonReply(404, { message: "No data for time period" });
      }
      const rows = shown.renderer.rows(page.slices, twists.shuffle ? ++shuffles : undefined);
      const next = page.more && page.last ? nextPosition(start, page.last, settings.cursors) : undefined;
      return samplesReply(rows, next && encodeCursor(next, settings.cursors), page.more, page.rows);
    },
    prerender: (table) => raw.renderer.prerender(table),
  };
}

function samplesReply(rows: readonly Buffer[], cursor: string | undefined, more: boolean, count: number) {
  const head = Buffer.from('{"point_samples":[');
  const tail = Buffer.from(`],"next_cursor":${JSON.stringify(cursor ?? null)},"has_more":${more}}\n`);
  return bytesReply(200, "application/json", [head, ...rows, tail], count);
}

function withMeans(series: Series): Series {
  const tables = new WeakMap<DayTable, DayTable>();
  return {
    ...series,
    day(day) {
      const raw = series.day(day);
      const table = tables.get(raw) ?? bucketed(raw);
      tables.set(raw, table);
      return table;
    },
  };
}

/** Walks that are remembered so that a page can be repeated; a test has a few at a time. */
const WALKS_KEPT = 1_000;

/** Where each walk (a window read with one page size) stands. */
function createWalks() {
  const walks = new Map<string, { at: Position; before: Position }>();
  return {
    /** Notes the position asked for; answers the one that this walk asked for before it. */
    visit(query: SamplesQuery, at: Position): Position {
      const walk = `${query.fromMicros}/${query.toMicros}/${query.pageSize}/${query.raw}`;
      const held = walks.get(walk);
      // A page asked for again, by a retry, still has the same page before it.
      const retried = held?.at.micros === at.micros && held.at.offset === at.offset;
      const before = retried ? held.before : (held?.at ?? at);
      walks.delete(walk);
      walks.set(walk, { at, before });
      const oldest = walks.keys().next().value;
      if (walks.size > WALKS_KEPT && oldest !== undefined) walks.delete(oldest);
      return before;
    },
  };
}
