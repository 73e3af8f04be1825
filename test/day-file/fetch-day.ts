import { UnlistedNames } from "../../src/ace/page/page.ts";
import {
  type PageSize,
  pageSizeFor,
  resumePagination,
  type SavedPagination,
  samplesPath,
  savePagination,
  startPagination,
} from "../../src/ace/paging/paging.ts";
import { rankRun } from "../../src/backfill/site/fetch/fetch.ts";
import { type DayPoints, rankDay } from "../../src/backfill/site/ledger/ledger.ts";
import { addTransport, NOTHING_FETCHED, type Transport } from "../../src/domain/evidence.ts";
import type { Span } from "../../src/domain/samples.ts";
import { appendPage } from "../../src/fetch/fetch.ts";
import { type Block, type BlockSource, RunBuilder } from "../../src/parquet/run/run.ts";
import { MemoryBlocks } from "../support/parquet/encode-day.ts";
import { answer, type Vendor, type VendorRow } from "./vendor.ts";
import { DAY_START, type Points, SITE } from "./world.ts";

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
  readonly blocks: BlockSource;
  /** By rank. */
  readonly names: readonly string[];
  readonly transport: Transport;
  /** What the vendor sent of all that is in `blocks`. */
  readonly pages: readonly AcceptedPage[];
}

/** Fetches a day with the pure parts of the pipeline, from request to block. Throws `VendorFault`. */
export function fetchDay(vendor: Vendor, plan: FetchPlan, points: Points): FetchedDay {
  const blocks = new MemoryBlocks();
  const names = new DayNames(points);
  const windows = plan.windows.map((span) => new Window(span, blocks, names));
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
  const { names: ranked, ranks } = names.ranked;
  return {
    blocks: { blocks: (bucket) => blocks.blocks(bucket), read: (...part) => blocks.read(...part), ranks },
    names: ranked,
    transport: windows.reduce((sum, window) => addTransport(sum, window.transport), NOTHING_FETCHED),
    pages: windows.flatMap(({ pages }) => pages),
  };
}

/** Hundreds of rows at the smallest page size, over and over again. */
const REQUESTS_MAX = 5_000;

const inTurn = <T>(list: readonly T[], index: number) => list[index % list.length] as T;

/** The points of the day; those that are not configured get their ids as their runs are committed. */
class DayNames {
  readonly points: Points;
  readonly ids: ReadonlyMap<string, number>;
  readonly #unlisted = new Map<string, number>();

  constructor(points: Points) {
    this.points = points;
    this.ids = new Map(points.configured.map((name, id) => [name, id]));
  }

  newRun(): UnlistedNames | undefined {
    return this.points.all ? new UnlistedNames(this.ids.size) : undefined;
  }

  seal(run: RunBuilder, unlisted: UnlistedNames | undefined): Block[] {
    const { configured } = this.points;
    if (!unlisted || unlisted.count === 0) return run.seal(DAY_START, configured.length);
    const ranked = rankRun(run, unlisted, configured, (names) =>
      names.map((name) => {
        const id = this.#unlisted.get(name) ?? configured.length + this.#unlisted.size;
        this.#unlisted.set(name, id);
        return id;
      }),
    );
    if (!ranked) throw new Error("too many points");
    return run.seal(DAY_START, ranked.points, ranked.rankOf);
  }

  get ranked(): DayPoints {
    const unlisted = [...this.#unlisted].map(([name, id]) => ({ name, id }));
    const sorted = unlisted.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    return rankDay(this.points.configured, sorted);
  }
}

class Window {
  transport = NOTHING_FETCHED;
  readonly pages: AcceptedPage[] = [];
  done = false;
  ended = false;
  readonly #span: Span;
  readonly #blocks: MemoryBlocks;
  readonly #names: DayNames;
  #unlisted: UnlistedNames | undefined;
  #pagination;
  #saved: string | undefined;
  #run = new RunBuilder(0);
  #runTransport = NOTHING_FETCHED;
  #runPages: AcceptedPage[] = [];

  constructor(span: Span, blocks: MemoryBlocks, names: DayNames) {
    this.#names = names;
    this.#unlisted = names.newRun();
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
    const { result, transport } = appendPage(this.#run, this.#pagination, pageSize, body, {
      points: this.#names.ids,
      ...(this.#unlisted && { unlisted: this.#unlisted }),
    });
    if (result.next === "fault") throw result.fault;
    this.#pagination = result.pagination;
    this.ended = result.next === "done";
    if (!result.accept) return;
    this.#runPages.push({ window: span, sent });
    this.#runTransport = addTransport(this.#runTransport, transport);
  }

  commit(): void {
    this.#blocks.add(this.#names.seal(this.#run, this.#unlisted));
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
    this.#unlisted = this.#names.newRun();
    this.#runTransport = NOTHING_FETCHED;
    this.#runPages = [];
  }
}
