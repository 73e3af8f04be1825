import type { Permits } from "../../ace/client/client.ts";
import type { Pagination } from "../../ace/paging/paging.ts";
import type { Mutex } from "../../concurrency/concurrency.ts";
import type { Config } from "../../domain/config.ts";
import { RUN_SAMPLES, SLICE_SAMPLES } from "../../domain/limits.ts";
import type { PointList, RequestObserver } from "../../fetch/fetch.ts";
import type { Isolate } from "../../object/isolate/isolate.ts";
import type { Vouching } from "../../ports/hot.ts";
import type { SiteReport } from "../job/job.ts";
import type {
  Alarm,
  Archive,
  Clock,
  CoordinatorPeer,
  Gate,
  Log,
  Sql,
  Store,
  Vendor,
  View,
} from "../ports.ts";
import type { LedgerContext, WorkContext } from "./ledger/ledger.ts";

export interface SitePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly view: View;
  readonly gate: Gate;
  readonly vendor: Vendor;
  readonly archive: Archive;
  readonly coordinator: CoordinatorPeer;
  /** Absent where there is no hot storage. */
  readonly vouching?: Vouching | undefined;
  readonly log: Log;
}

/** The most samples that one commit of a fetch or of a merge covers: what a crash can cost. */
export interface StepSizes {
  readonly runSamples: number;
  readonly sliceSamples: number;
}

export const STEP_SIZES: StepSizes = { runSamples: RUN_SAMPLES, sliceSamples: SLICE_SAMPLES };

/** What this incarnation knows of a window between two of its runs. */
export interface KnownWindow {
  /** Undefined where the isolate needed its memory. */
  pagination: Pagination | undefined;
  /** The text that the pagination was committed as. */
  readonly saved: string;
  /** Memory that the next run needs, where the run before ended early because its memory could not grow. */
  readonly runBytes: number | undefined;
}

/** What a site works with. */
export interface SiteContext extends SitePorts, LedgerContext {
  readonly config: Config;
  readonly steps: StepSizes;
  readonly isolate: Isolate;
  /** The connection of R2 and KV, which the fetch lanes leave free. */
  readonly connection: Mutex;
  /** The configured points, of the list that is stored. */
  points(): PointList;
  /** A few windows of the staged days, by their keys. */
  readonly windows: Map<string, KnownWindow>;
  /** Shared by the lanes, which pause together after a 429. */
  readonly permits: Permits;
}

export interface WorkDone {
  readonly samples?: number;
  readonly days?: number;
}

/** What an action of a site works with. */
export interface ActionContext extends SiteContext, WorkContext {
  /** The action calls it whenever a request or an upload has ended, or the gate has answered. */
  heartbeat(): void;
  readonly requests: RequestObserver;
  /** Ends the action's attempt inside a transaction that commits progress: a crash after that does not count for it. */
  endAttempt(sql: Sql): void;
  /** The site's report for the Coordinator, as of now. */
  report(): SiteReport;
  /** Counts samples and published days against the bounds of the current tick. */
  count(done: WorkDone): void;
}
