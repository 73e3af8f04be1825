import type { Permits } from "../ace/client/client.ts";
import type { Config } from "../domain/config.ts";
import type { EpochMs } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import type { Isolate } from "../object/isolate/isolate.ts";
import type { Clock, Vendor } from "../ports/ports.ts";
import type { PointList } from "./point-names.ts";

/** The settings of a request. */
export type RequestPolicy = Pick<
  Config,
  "aceTimeoutMs" | "maxRetries" | "retryBaseDelayMs" | "points" | "valueWords"
>;

/** What requests to the API need of the object that sends them. */
export interface FetchContext {
  readonly site: SiteName;
  readonly clock: Clock;
  readonly vendor: Vendor;
  readonly permits: Permits;
  readonly isolate: Isolate;
  readonly config: RequestPolicy;
  /** Ends the requests once their work is not wanted any more. */
  readonly fence: { readonly signal: AbortSignal };
  /** The most samples, and pages, that a run collects before it is committed. */
  readonly steps: { readonly runSamples: number; readonly runPages?: number };
  /** The configured points, of the list that is stored. */
  points(): PointList;
  /** What happens to the requests, for counts and logs. */
  readonly requests: RequestObserver;
  /** Called whenever the work of a request goes on. */
  heartbeat(): void;
}

export interface RequestObserver {
  /** A request is sent. */
  sent(): void;
  /** A response was 429: the gate gives no permit for so long. */
  throttled(pauseMs: number): void;
  /** A pause outlasts what a request waits for: no request of the object is sent for so long. */
  postponed(pauseMs: number): void;
  /** A request has failed and will be tried again; undefined once it has ended. */
  retrying(request: RetriedRequest | undefined): void;
}

/** A request that has failed, and will be sent again. */
export interface RetriedRequest {
  /** The number of the next try, from 2. */
  readonly try: number;
  readonly triesMax: number;
  readonly reason: string;
  readonly nextAt: EpochMs;
}
