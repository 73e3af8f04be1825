import type { EpochMs } from "../../src/domain/day.ts";
import { type DayTable, type SiteData, siteAt } from "../building/building.ts";
import type { Settings } from "../options.ts";
import { fiveMinuteMeans } from "./means.ts";
import { encodeCursor, nextPosition, type Position } from "./next-cursor.ts";
import type { SamplesQuery } from "./read-parameters.ts";
import { createRenderer } from "./render.ts";
import { bytesReply, jsonReply, type Reply } from "./reply.ts";
import { samplePage } from "./sample-page.ts";

/** Faults in the page itself, as opposed to faults in its delivery. */
export interface PageFaults {
  /** No rows, but a cursor and `has_more: true`. */
  readonly emptyPage: boolean;
  /** The previous page again. */
  readonly repeat: boolean;
  /** The rows of each timestamp in another order. */
  readonly shuffle: boolean;
}

/** Responds to the timeseries requests of one site. */
export interface SamplesEndpoint {
  respond(query: SamplesQuery, now: EpochMs, settings: Settings, faults: PageFaults): Reply;
  /** Renders a day in advance; returns the number of bytes. Throws `RangeError` for a site with a present. */
  prerender(table: DayTable): number;
}

export function createSamplesEndpoint(data: SiteData): SamplesEndpoint {
  const prerendered = createRenderer(data);
  // A separate renderer: means and changing rows must not be cut from the prerendered bytes of the same day.
  const onDemand = createRenderer(data);
  const means = withMeans();
  const positions = rememberPositions();
  let shuffles = 0;
  return {
    respond(query, now, settings, faults) {
      const requested = query.cursor ?? { micros: query.fromMicros, offset: 0 };
      const previous = positions.visit(query, requested);
      const start = faults.repeat ? previous : requested;
      if (faults.emptyPage) return samplesReply([], encodeCursor(start, settings.cursors), true, 0);
      const shown = siteAt(data, now);
      const source = query.raw ? shown : means(shown);
      const renderer = source === data ? prerendered : onDemand;
      const window = { ...query, toIncluded: settings.end === "inclusive" };
      const page = samplePage(source, window, start, query.pageSize);
      if (page.rows === 0 && !query.cursor && settings.empty === "not-found") {
        return jsonReply(404, { message: "No data for time period" });
      }
      const rows = renderer.rows(page.slices, faults.shuffle ? ++shuffles : undefined);
      const next = page.more && page.last ? nextPosition(start, page.last, settings.cursors) : undefined;
      return samplesReply(rows, next && encodeCursor(next, settings.cursors), page.more, page.rows);
    },
    prerender(table) {
      if (data.present)
        throw new RangeError(
          "the days of a site with a present change, so they can't be rendered in advance",
        );
      return prerendered.prerender(table);
    },
  };
}

function samplesReply(rows: readonly Buffer[], cursor: string | undefined, more: boolean, count: number) {
  const head = Buffer.from('{"point_samples":[');
  const tail = Buffer.from(`],"next_cursor":${JSON.stringify(cursor ?? null)},"has_more":${more}}\n`);
  return bytesReply(200, "application/json", [head, ...rows, tail], count);
}

function withMeans(): (data: SiteData) => SiteData {
  const tables = new WeakMap<DayTable, DayTable>();
  return (data) => ({
    ...data,
    day(day) {
      const raw = data.day(day);
      const table = tables.get(raw) ?? fiveMinuteMeans(raw);
      tables.set(raw, table);
      return table;
    },
  });
}

/** Paginations that are remembered, so that a page can be repeated; a test has a few at a time. */
const PAGINATIONS_MAX = 1_000;

/** Remembers the position of each pagination, which is a window read with one page size. */
function rememberPositions() {
  const paginations = new Map<string, { at: Position; previous: Position }>();
  return {
    /** Notes the requested position, and returns the one that this pagination requested before. */
    visit(query: SamplesQuery, at: Position): Position {
      const pagination = `${query.fromMicros}/${query.toMicros}/${query.pageSize}/${query.raw}`;
      const known = paginations.get(pagination);
      // The previous page of a retried request stays the same.
      const retried = known?.at.micros === at.micros && known.at.offset === at.offset;
      const previous = retried ? known.previous : (known?.at ?? at);
      paginations.delete(pagination);
      paginations.set(pagination, { at, previous });
      const oldest = paginations.keys().next().value;
      if (paginations.size > PAGINATIONS_MAX && oldest !== undefined) paginations.delete(oldest);
      return previous;
    },
  };
}
