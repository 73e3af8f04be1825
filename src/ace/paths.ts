import type { Span } from "../domain/samples.ts";
import type { SiteName } from "../domain/site.ts";
import { formatTime } from "../domain/time.ts";
import { MARGIN_MICROS, POINTS_PER_PAGE } from "./limits.ts";
import type { PageSize } from "./paging/page-size.ts";

/** What is asked for to be sure of `keep`. Both ends count as asked: the vendor may or may not include them. */
export function askedSpan(keep: Span): Span {
  return { fromMicros: keep.fromMicros - MARGIN_MICROS, toMicros: keep.toMicros + MARGIN_MICROS };
}

/** The path of one page of samples, relative to the API's base; `cursor` null for a window's first. */
export function samplesPath(site: SiteName, keep: Span, pageSize: PageSize, cursor: string | null): string {
  const asked = askedSpan(keep);
  const query = new URLSearchParams({
    start_time: formatTime(asked.fromMicros),
    end_time: formatTime(asked.toMicros),
    page_size: String(pageSize),
    // The default is 5-minute buckets.
    raw_data: "true",
  });
  if (cursor !== null) query.set("cursor", cursor);
  return `sites/${site}/timeseries/paginated?${query}`;
}

/** The path of one page of a site's configured points; `page` counts from 1. */
export function pointsPath(site: SiteName, page: number): string {
  return `sites/${site}/configured_points?page=${page}&per_page=${POINTS_PER_PAGE}`;
}
