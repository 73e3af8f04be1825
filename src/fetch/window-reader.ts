import { decodeSamples, type PageContext, type UnlistedNames } from "../ace/page/page.ts";
import {
  advance,
  advanceNoData,
  type PageResult,
  type PageSize,
  type PageSizeLadder,
  type Pagination,
  pageSizeFor,
  pageSucceeded,
  requestedSpan,
  samplesPath,
} from "../ace/paging/paging.ts";
import { type Decoded, faultText } from "../ace/transport/transport.ts";
import { NOTHING_DROPPED, redactDropped } from "../domain/dropped-rows.ts";
import { addTransport, NOTHING_FETCHED, type Transport } from "../domain/evidence.ts";
import { PARSED_BYTES_MAX, RUN_SAMPLES } from "../domain/limits.ts";
import type { Reservation } from "../object/isolate/isolate.ts";
import { RunBuilder } from "../parquet/run/run.ts";
import { ApiClient, BYTES_A_BODY_BYTE, type StatedPause } from "./api-client.ts";
import type { FailedRequest } from "./failed-request.ts";
import type { FetchContext } from "./fetch-context.ts";

/** Pages of a run: a crash costs them, so a run of tiny pages ends before it has many samples. */
const PAGES_A_RUN = 60;

/** Why a page was not read. */
export type PageHalt =
  | { readonly kind: "aborted" | "throttled" }
  | StatedPause
  | { readonly kind: "failed"; readonly failed: FailedRequest };

/** Memory of a hash and of its entry in the set. */
const BYTES_A_BOUNDARY_ROW = 48;

/** The rows of the boundary's timestamp that a pagination knows. */
export const boundaryRows = ({ boundary }: Pagination) => boundary?.nameHashes.size ?? 0;

/** Memory of what a pagination knows of its boundary. */
export const boundaryBytes = (pagination: Pagination) => boundaryRows(pagination) * BYTES_A_BOUNDARY_ROW;

/** Reads the pages of a run of a window into memory; the caller commits the run. */
export class WindowReader {
  readonly #context: FetchContext;
  readonly #client: ApiClient;
  /** The timestamp in which the run began: it may not end inside it, see `roomLeft`. */
  readonly #floorMicros: number | undefined;
  readonly run: RunBuilder;
  /** The names of the run that are not configured, where their samples are kept. */
  readonly unlisted: UnlistedNames | undefined;
  readonly #memory: Reservation;
  #transport: Transport = NOTHING_FETCHED;
  #neededBytes = 0;
  pagination: Pagination;
  ladder: PageSizeLadder;
  done = false;

  /** `memory` has room for the run and for what the pagination knows; it is the caller's to release. */
  constructor(
    context: FetchContext,
    memory: Reservation,
    pagination: Pagination,
    ladder: PageSizeLadder,
    unlisted: UnlistedNames | undefined,
  ) {
    this.#context = context;
    this.#client = new ApiClient(context, memory);
    this.#memory = memory;
    this.run = new RunBuilder(0, Math.min(context.steps.runSamples, RUN_SAMPLES));
    this.#floorMicros = pagination.floorMicros;
    this.pagination = pagination;
    this.ladder = ladder;
    this.unlisted = unlisted;
  }

  get transport(): Transport {
    const { requests, retries } = this.#client;
    return { ...this.#transport, requests, retries };
  }

  get latencyMs(): number | undefined {
    return this.#client.latencyMs;
  }

  /** Bytes that the run and its pagination take, where the reservation could not grow to them: the run has to end. */
  get bytesMissing(): number | undefined {
    return this.#neededBytes > this.#memory.bytes ? this.#neededBytes : undefined;
  }

  /** Whether a resume would read the timestamp of the run's beginning again. */
  get inFirstTimestamp(): boolean {
    return this.#floorMicros !== undefined && this.pagination.floorMicros === this.#floorMicros;
  }

  /**
   * Whether another page may be read: the first always, a further page where it fits. A run may not end inside the
   * timestamp that it began with: a resume reads that timestamp from its first row again, and would do so for ever
   * where it has more rows than fit into a run.
   */
  get roomLeft(): boolean {
    if (this.done || this.bytesMissing !== undefined) return false;
    const { samples } = this.run;
    const { runSamples, runPages = PAGES_A_RUN } = this.#context.steps;
    const fits = samples === 0 || samples + this.ladder.size <= runSamples;
    return (fits && this.#transport.pages < runPages) || this.inFirstTimestamp;
  }

  /** Reads the next page into the run, with permits and retries; undefined where that succeeded. */
  async readPage(isNeeded: () => boolean): Promise<PageHalt | undefined> {
    const { outcome, ladder } = await this.#client.retrying(this.ladder, (size) =>
      this.#fetchPage(pageSizeFor(this.pagination, size), isNeeded),
    );
    this.ladder = ladder;
    switch (outcome.kind) {
      case "value":
        return this.#advance(outcome.value.result, outcome.value.transport);
      case "no-data":
        return this.#advance(advanceNoData(this.pagination), NOTHING_FETCHED);
      default:
        return outcome;
    }
  }

  #advance(result: PageResult, transport: Transport): PageHalt | undefined {
    if (result.next === "fault") {
      const { reason } = result.fault;
      return { kind: "failed", failed: { kind: "protocol", reason, message: faultText(result.fault) } };
    }
    this.pagination = result.pagination;
    this.done = result.next === "done";
    this.ladder = pageSucceeded(this.ladder);
    if (result.accept) {
      // The vendor may send the key back as a value.
      const dropped = redactDropped(transport.dropped ?? NOTHING_DROPPED, (text) =>
        this.#context.vendor.redact(text),
      );
      this.#transport = addTransport(this.#transport, { ...transport, dropped });
    }
    return undefined;
  }

  /** Grows the reservation to what the run and the pagination take now. Never shrinks it: the next page needs the room. */
  #growMemory(pagination: Pagination): void {
    const { memoryBytes: unlistedBytes = 0 } = this.unlisted ?? {};
    this.#neededBytes = this.run.memoryBytes + unlistedBytes + boundaryBytes(pagination);
    if (this.#neededBytes > this.#memory.bytes) this.#memory.resize(this.#neededBytes);
  }

  /** A single request: fetches a page, decodes it, checks it, and appends it to the run. */
  async #fetchPage(pageSize: PageSize, isNeeded: () => boolean): Promise<Decoded<AppendedPage>> {
    const { config, isolate, points, site } = this.#context;
    const { pagination, unlisted } = this;
    const { span, cursor } = pagination;
    const besideBytes = points().bytes;
    const workBytes = Math.floor((isolate.workBytesMax - besideBytes) / BYTES_A_BODY_BYTE);
    const parsedBytesMax = Math.min(PARSED_BYTES_MAX, workBytes);
    return this.#client.get(samplesPath(site, span, pageSize, cursor), {
      besideBytes,
      isNeeded,
      decode: (body) => {
        const context = {
          points: points().ids,
          words: config.valueWords,
          parsedBytesMax,
          ...(unlisted && { unlisted }),
        };
        const page = appendPage(this.run, pagination, pageSize, body, context);
        this.#growMemory(page.result.next === "fault" ? pagination : page.result.pagination);
        return page;
      },
    });
  }
}

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
  context: Omit<PageContext, "keep" | "requested">,
): AppendedPage {
  const { span } = pagination;
  const page = decodeSamples(body, { ...context, keep: span, requested: requestedSpan(span) });
  const result = advance(pagination, page, pageSize);
  if (result.accept) run.append(page.kept);
  const { fetched, rejected, outside, unconfigured, dropped } = page;
  return {
    result,
    transport: { pages: 1, requests: 0, retries: 0, fetched, rejected, outside, unconfigured, dropped },
  };
}
