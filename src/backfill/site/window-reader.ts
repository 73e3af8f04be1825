import { decodeSamples, type SamplesPage } from "../../ace/page/page.ts";
import {
  advance,
  advanceNoData,
  type PageResult,
  type PageSizeLadder,
  type Pagination,
  pageSizeFor,
  pageSucceeded,
  requestedSpan,
  samplesPath,
  stepDown,
} from "../../ace/paging/paging.ts";
import { addTransport, NOTHING_FETCHED, type Transport } from "../../domain/evidence.ts";
import { PARSED_BYTES_MAX } from "../../domain/limits.ts";
import type { Span } from "../../domain/samples.ts";
import { RunBuilder } from "../../parquet/run/run.ts";
import type { Reservation } from "../memory.ts";
import type { Fence, SiteContext } from "./context.ts";
import { ask, BYTES_A_BODY_BYTE, type FailedRequest, type RequestCount } from "./request.ts";
import { setFact } from "./state.ts";

/** Pages of one run: a crash costs them, so a run of tiny pages ends before it holds many samples. */
const PAGES_A_RUN_MAX = 60;

/** A hash and its place in the set. */
const BYTES_A_BOUNDARY_ROW = 48;

/** Memory of what a pagination knows of its boundary. */
export const boundaryBytes = (pagination: Pagination) =>
  (pagination.boundary?.nameHashes.size ?? 0) * BYTES_A_BOUNDARY_ROW;

/** How one page went, beyond being taken over. */
export type Halt =
  | { readonly kind: "interrupted" | "paused" }
  | { readonly kind: "failed"; readonly failed: FailedRequest };

/** Gathers the pages of one run of a window, in memory: what comes of it is the caller's to commit. */
export class WindowReader {
  readonly #context: SiteContext;
  readonly #fence: Fence;
  readonly #span: Span;
  /** Where the run began: inside that timestamp it may not end, see `roomLeft`. */
  readonly #floorMicros: number | undefined;
  readonly run: RunBuilder;
  readonly #memory: Reservation;
  readonly #count: RequestCount = { requests: 0, retries: 0, latencyMs: undefined };
  #transport: Transport = NOTHING_FETCHED;
  #neededBytes = 0;
  pagination: Pagination;
  ladder: PageSizeLadder;
  done = false;

  /** `memory` has room for the run and for what the pagination knows; it is the caller's to release. */
  constructor(
    context: SiteContext,
    fence: Fence,
    memory: Reservation,
    span: Span,
    pagination: Pagination,
    ladder: PageSizeLadder,
  ) {
    // Whenever the lane shows that it lives, its reservation does.
    const alive = () => {
      context.alive();
      memory.renew();
    };
    this.#context = { ...context, alive };
    this.#memory = memory;
    this.run = new RunBuilder(0, context.steps.runSamples);
    this.#fence = fence;
    this.#span = span;
    this.#floorMicros = pagination.floorMicros;
    this.pagination = pagination;
    this.ladder = ladder;
  }

  get transport(): Transport {
    return { ...this.#transport, requests: this.#count.requests, retries: this.#count.retries };
  }

  get latencyMs(): number | undefined {
    return this.#count.latencyMs;
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
   * The first page always; a further one where it fits. Inside the timestamp it began with a run may not end: a
   * resume reads that timestamp from its first row again, and where it has more rows than a run has pages for,
   * for ever.
   */
  get roomLeft(): boolean {
    if (this.done || this.bytesMissing !== undefined) return false;
    const { samples } = this.run;
    const fits = samples === 0 || samples + this.ladder.size <= this.#context.steps.runSamples;
    return (fits && this.#transport.pages < PAGES_A_RUN_MAX) || this.inFirstTimestamp;
  }

  /** The next page into the run; undefined where that went well. */
  async readPage(wanted: () => boolean): Promise<Halt | undefined> {
    const answer = await this.#ask(wanted);
    if (answer.kind === "interrupted") return { kind: "interrupted" };
    if (answer.kind === "throttled") {
      this.#context.store.tx((sql) => setFact(sql, "throttledUntil", answer.until));
      return { kind: "paused" };
    }
    if (answer.kind === "failed") return { kind: "failed", failed: answer.failed };
    const next = answer.kind === "no-data" ? advanceNoData(this.pagination) : answer.value.next;
    if (next.next === "fault") {
      const { reason, message } = next.fault;
      return { kind: "failed", failed: { kind: "protocol", reason, message } };
    }
    this.pagination = next.pagination;
    this.done = next.next === "done";
    this.ladder = pageSucceeded(this.ladder);
    if (answer.kind === "value" && next.accept) this.#countPage(answer.value.page);
    return undefined;
  }

  /** Grows the reservation to what the run and the pagination take now. Never shrinks it: the next page needs the room. */
  #holdBytes(pagination: Pagination): void {
    this.#neededBytes = this.run.memoryBytes + boundaryBytes(pagination);
    if (this.#neededBytes > this.#memory.bytes) this.#memory.resize(this.#neededBytes);
  }

  #ask(wanted: () => boolean) {
    const { pagination } = this;
    const span = this.#span;
    let asked = pageSizeFor(pagination, this.ladder.size);
    let failedOnce = false;
    const besideBytes = this.#context.points().bytes;
    const parsedBytesMax = (this.#context.isolate.workBytesMax - besideBytes) / BYTES_A_BODY_BYTE;
    return ask<{ page: SamplesPage; next: PageResult }>(
      this.#context,
      this.#fence,
      {
        besideBytes,
        path: () => {
          asked = pageSizeFor(pagination, this.ladder.size);
          return samplesPath(this.#context.site, span, asked, pagination.cursor);
        },
        decode: (body) => {
          const page = decodeSamples(body, {
            points: this.#context.points().ids,
            keep: span,
            requested: requestedSpan(span),
            parsedBytesMax: Math.min(PARSED_BYTES_MAX, Math.floor(parsedBytesMax)),
          });
          const next = advance(pagination, page, asked);
          // Into the run while no other page is in memory; the page itself ends here.
          if (next.accept) this.run.append(page.kept);
          this.#holdBytes(next.next === "fault" ? pagination : next.pagination);
          return { page, next };
        },
        wanted,
        easier: (reason) => {
          // The first failure may be a hiccup; a body over the bound will be over it again.
          const again = failedOnce || reason === "too-large";
          failedOnce = true;
          const before = this.ladder.size;
          if (again) this.ladder = stepDown(this.ladder);
          return this.ladder.size !== before;
        },
      },
      this.#count,
    );
  }

  #countPage(page: SamplesPage): void {
    this.#transport = addTransport(this.#transport, {
      pages: 1,
      requests: 0,
      retries: 0,
      fetched: page.fetched,
      rejected: page.rejected as Readonly<Record<string, number>>,
      outside: page.outside,
      unconfigured: page.unconfigured,
    });
  }
}
