import { decodeSamples } from "../../../ace/page/page.ts";
import {
  advance,
  type PageResult,
  type PageSize,
  type Pagination,
  requestedSpan,
} from "../../../ace/paging/paging.ts";
import type { Transport } from "../../../domain/evidence.ts";
import type { RunBuilder } from "../../../parquet/run/run.ts";

/** A page that was decoded and checked. */
export interface AppendedPage {
  readonly result: PageResult;
  /** The counts of an accepted page; no requests are in them. */
  readonly transport: Transport;
}

/**
 * Decodes the page that `pagination` requested with `pageSize`, checks it, and appends its samples to `run` where it
 * is accepted. Throws `VendorFault` for a body that is not a page; the page itself is not kept.
 */
export function appendPage(
  run: RunBuilder,
  pagination: Pagination,
  pageSize: PageSize,
  body: Uint8Array,
  context: { readonly points: ReadonlyMap<string, number>; readonly parsedBytesMax?: number },
): AppendedPage {
  const { span } = pagination;
  const page = decodeSamples(body, { ...context, keep: span, requested: requestedSpan(span) });
  const result = advance(pagination, page, pageSize);
  if (result.accept) run.append(page.kept);
  const { fetched, rejected, outside, unconfigured } = page;
  return {
    result,
    transport: { pages: 1, requests: 0, retries: 0, fetched, rejected, outside, unconfigured },
  };
}
