import type { Span } from "../../domain/samples.ts";
import type { SiteName } from "../../domain/site.ts";
import { formatTime } from "../../domain/time.ts";
import { WINDOW_MARGIN_MICROS } from "../limits.ts";
import type { PageSize } from "./page-size.ts";

/** `keep` with a margin at both ends, which count as requested whether the vendor includes them or not. */
export function requestedSpan({ fromMicros, toMicros }: Span): Span {
  return { fromMicros: fromMicros - WINDOW_MARGIN_MICROS, toMicros: toMicros + WINDOW_MARGIN_MICROS };
}

/** The path of a page of samples, relative to the API's base; `cursor` is null for a window's first page. */
export function samplesPath(site: SiteName, keep: Span, pageSize: PageSize, cursor: string | null): string {
  const { fromMicros, toMicros } = requestedSpan(keep);
  const query = new URLSearchParams({
    start_time: formatTime(fromMicros),
    end_time: formatTime(toMicros),
    page_size: String(pageSize),
    // The default is 5-minute averages.
    raw_data: "true",
  });
  if (cursor !== null) query.set("cursor", cursor);
  return `sites/${site}/timeseries/paginated?${query}`;
}
