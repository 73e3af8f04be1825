/** What hot storage has of a site, read anew for every decision: D1 alone knows it. */
import { addDays, DAY_MS, dayStartMs, daysOf, type EpochMs, type UtcDay, utcDayOf } from "../domain/day.ts";
import type { HotSite, HotState, HotWriter } from "../hot/hot.ts";
import { HotUnavailable } from "../ports/hot.ts";
import { firstHotDay, type Settings } from "./due/due.ts";
import { type Unit, type WindowReading, watermarkOf } from "./schedule.ts";

export interface Known {
  readonly claim: HotSite;
  readonly state: HotState;
  readonly readings: ReadonlyMap<EpochMs, WindowReading>;
  /**
   * All windows from here on are in `state`, and are read where they are due; those before it belong to days that are
   * whole, or too old to be read.
   */
  readonly fromMs: EpochMs;
  /** Why days that hot storage lacks were not added: it is full. They are not read until there is room. */
  readonly full: HotUnavailable | undefined;
}

/** Reads what is known of the site's windows. `daysBefore` are those of the last time. Makes the days up to today hot's. */
export async function readKnown(
  writer: HotWriter,
  claim: HotSite,
  daysBefore: HotState["days"] | undefined,
  settings: Settings,
  now: EpochMs,
): Promise<Known> {
  const earliest = (days: HotState["days"]) => earliestNeeded(days, claim, settings, now);
  const readFromMs = daysBefore ? earliest(daysBefore) : claim.sinceMs;
  let state = await writer.state(claim, readFromMs);
  const missing = daysToAdd(state.days, claim, now);
  let full: HotUnavailable | undefined;
  if (missing.length > 0) {
    full = await writer.addDays(claim, missing).then(() => undefined, ifFull);
    state = await writer.state(claim, readFromMs);
  }
  const fromMs = earliest(state.days);
  // The object of a day that was whole has been replaced.
  if (fromMs < readFromMs) state = await writer.state(claim, fromMs);
  const versions = new Map(state.days.map(({ day, version }) => [day, version]));
  const readings = state.windows.map(({ fromMs: at, readAtMs, version }): [EpochMs, WindowReading] => [
    at,
    { fromMs: at, readAt: readAtMs, isCurrent: version === versions.get(utcDayOf(at)) },
  ]);
  return { claim, state, readings: new Map(readings), fromMs, full };
}

function ifFull(fault: unknown): HotUnavailable {
  if (fault instanceof HotUnavailable && fault.isFull) return fault;
  throw fault;
}

/**
 * Where units to be read begin: in the first day that is not whole. Hours of yesterday may still be read again, also where
 * all of its windows are complete. Hot storage does not read what the archive answers for.
 */
function earliestNeeded(days: HotState["days"], claim: HotSite, settings: Settings, now: EpochMs): EpochMs {
  const boundary = firstHotDay(settings, now);
  const yesterday = utcDayOf(now - DAY_MS);
  const open = days.find(({ day, whole, released }) => day >= boundary && !whole && !released)?.day;
  const first = open !== undefined && open < yesterday ? open : yesterday;
  return Math.max(claim.sinceMs, dayStartMs(first), dayStartMs(boundary));
}

/**
 * The days up to today that have no row. Those after the last one: also where nothing was read, since they are archived as
 * well. And today, which a clock that was days ahead has let leave hot storage. No other day comes back: its object may
 * have rows that only hot storage had.
 */
function daysToAdd(days: HotState["days"], { sinceMs, watermarkMs }: HotSite, now: EpochMs): UtcDay[] {
  const last = days.at(-1)?.day;
  const nextMs = last ? dayStartMs(addDays(last, 1)) : (watermarkMs ?? sinceMs);
  const known = new Set(days.map(({ day }) => day));
  return daysOf(utcDayOf(Math.min(nextMs, now)), utcDayOf(now)).filter((day) => !known.has(day));
}

/** The watermark; with `unit`, as it is once that has been read at `readAt`. */
export function watermarkWith(
  { readings, fromMs }: Known,
  now: EpochMs,
  read?: { readonly unit: Unit; readonly readAt: EpochMs },
): EpochMs {
  const after = new Map(readings);
  for (const window of read?.unit.windows ?? []) {
    const { fromMs: at } = window;
    after.set(at, { fromMs: at, readAt: read?.readAt ?? now, isCurrent: true });
  }
  return watermarkOf(after, fromMs, now);
}
