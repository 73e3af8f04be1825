import type { Permits } from "../ace/client/client.ts";
import type { EtlConfig } from "../domain/etl-config.ts";
import type { SiteName } from "../domain/site.ts";
import type { PointList, RequestObserver } from "../fetch/fetch.ts";
import type { Encode, HotSite, HotWriter } from "../hot/hot.ts";
import type { Isolate } from "../object/isolate/isolate.ts";
import type { ViewOutbox } from "../object/outbox/outbox.ts";
import type { DueDays } from "../ports/due.ts";
import type { HotStore } from "../ports/hot.ts";
import type { Alarm, AlertReceiver, Clock, Gate, Log, Store, Vendor, View } from "../ports/ports.ts";

export interface SyncPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly view: View;
  readonly gate: Gate;
  readonly vendor: Vendor;
  readonly hot: HotStore;
  /** The site's object of the Backfill Worker. */
  readonly archive: DueDays;
  readonly receiver?: AlertReceiver | undefined;
  readonly log: Log;
}

/** What a site's sync works with. */
export interface SyncContext extends Omit<SyncPorts, "alarm" | "view"> {
  readonly site: SiteName;
  readonly config: EtlConfig;
  readonly isolate: Isolate;
  readonly outbox: ViewOutbox;
  readonly permits: Permits;
  readonly requests: RequestObserver;
  /** Ends the requests that run; a sync is never cancelled, so that it never does. */
  readonly fence: { readonly signal: AbortSignal };
  readonly steps: { readonly runSamples: number; readonly runPages: number };
  readonly writer: HotWriter;
  /** Runs work on `samples` samples that copies and encodes them, while no other such work of the isolate runs. */
  readonly encode: Encode;
  /** The configured points, of the list that is stored. */
  points(): PointList;
  heartbeat(): void;
}

/** A sync's context with the claim on hot storage that its commits are fenced by. */
export interface ClaimedContext extends SyncContext {
  readonly claim: HotSite;
}
