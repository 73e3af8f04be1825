import {
  type PageSize,
  pageSizeFor,
  resumePagination,
  type SavedPagination,
  samplesPath,
  savePagination,
  startPagination,
} from "../../src/ace/paging/paging.ts";
import { appendPage } from "../../src/backfill/site/fetch/fetch.ts";
import { addTransport, NOTHING_FETCHED, type Transport } from "../../src/domain/evidence.ts";
import type { Span } from "../../src/domain/samples.ts";
import { RunBuilder } from "../../src/parquet/run/run.ts";
import { MemoryBlocks } from "../support/parquet/encode-day.ts";
import { answer, type Vendor, type VendorRow } from "./vendor.ts";
import { DAY_START, IDS, SITE } from "./world.ts";

/** What happens after a page; a crash loses what no run has committed, of every window. */
export type Event = "continue" | "commit" | "commit, then crash" | "crash";

/** How a day is fetched; lists are used in order, and from their beginning again at their end. */
export interface FetchPlan {
  readonly windows: readonly Span[];
  readonly pageSizes: readonly PageSize[];
  /** These happen once; after them the fetch continues undisturbed. */
  readonly events: readonly Event[];
  /** Which of the unfinished windows has the next request. */
  readonly turns: readonly number[];
}

export interface AcceptedPage {
  readonly window: Span;
  readonly sent: readonly VendorRow[];
}

export interface FetchedDay {
  readonly blocks: MemoryBlocks;
  readonly transport: Transport;
  /** What the vendor sent of all that is in `blocks`. */
  readonly pages: readonly AcceptedPage[];
}

/** Fetches a day with the pure parts of the pipeline, from request to block. Throws `VendorFault`. */
export function fetchDay(vendor: Vendor, plan: FetchPlan): FetchedDay {
  const blocks = new MemoryBlocks();
  const windows = plan.windows.map((span) => new Window(span, blocks));
  for (let request = 0; ; request += 1) {
    if (request > REQUESTS_MAX) throw new Error("the windows do not end");
    const open = windows.filter(({ done }) => !done);
    const window = open[inTurn(plan.turns, request) % open.length];
    if (!window) break;
    window.request(vendor, inTurn(plan.pageSizes, request), request);
    const event = plan.events[request] ?? "continue";
    if (window.ended || event.startsWith("commit")) window.commit();
    if (event.endsWith("crash")) for (const each of windows) each.crash();
  }
  return {
    blocks,
    transport: windows.reduce((sum, window) => addTransport(sum, window.transport), NOTHING_FETCHED),
    pages: windows.flatMap(({ pages }) => pages),
  };
}

/** Hundreds of rows at the smallest page size, over and over again. */
const REQUESTS_MAX = 5_000;

const inTurn = <T>(list: readonly T[], index: number) => list[index % list.length] as T;

class Window {
  transport = NOTHING_FETCHED;
  readonly pages: AcceptedPage[] = [];
  done = false;
  ended = false;
  readonly #span: Span;
  readonly #blocks: MemoryBlocks;
  #pagination;
  #saved: string | undefined;
  #run = new RunBuilder(0);
  #runTransport = NOTHING_FETCHED;
  #runPages: AcceptedPage[] = [];

  constructor(span: Span, blocks: MemoryBlocks) {
    this.#span = span;
    this.#blocks = blocks;
    this.#pagination = startPagination(span);
  }

  request(vendor: Vendor, size: PageSize, request: number): void {
    const span = this.#span;
    const pageSize = pageSizeFor(this.#pagination, size);
    const { body, sent } = answer(
      vendor,
      samplesPath(SITE, span, pageSize, this.#pagination.cursor),
      request,
    );
    const { result, transport } = appendPage(this.#run, this.#pagination, pageSize, body, { points: IDS });
    if (result.next === "fault") throw result.fault;
    this.#pagination = result.pagination;
    this.ended = result.next === "done";
    if (!result.accept) return;
    this.#runPages.push({ window: span, sent });
    this.#runTransport = addTransport(this.#runTransport, transport);
  }

  commit(): void {
    this.#blocks.add(this.#run.seal(DAY_START, IDS.size));
    this.#saved = JSON.stringify(savePagination(this.#pagination));
    this.done = this.ended;
    this.transport = addTransport(this.transport, this.#runTransport);
    this.pages.push(...this.#runPages);
    this.#empty();
  }

  /** The object is created again from what was committed. */
  crash(): void {
    const saved = this.#saved;
    this.#pagination =
      saved === undefined
        ? startPagination(this.#span)
        : resumePagination(JSON.parse(saved) as SavedPagination);
    this.ended = this.done;
    this.#empty();
  }

  #empty(): void {
    this.#run = new RunBuilder(0);
    this.#runTransport = NOTHING_FETCHED;
    this.#runPages = [];
  }
}
