import { withTimeout } from "../../concurrency/concurrency.ts";
import type { EpochMs, UtcDay } from "../../domain/day.ts";
import type { NamedSeries } from "../../domain/series.ts";
import { StaleEpoch } from "../../hot/hot.ts";
import { HOT_SAMPLES_A_CALL } from "../../ports/due.ts";
import { HotUnavailable } from "../../ports/hot.ts";
import type { ClaimedContext } from "../context.ts";
import { ROLL_OVER_PAUSE_MS, ROLL_OVER_PAUSE_MS_MAX } from "../limits.ts";
import { nextSyncAt } from "../schedule.ts";
import { getState, logError, type RollOver, setState } from "../state/state.ts";

/**
 * Lets a day leave hot storage, if its verified object has at least hot's samples of every point. Otherwise: samples of
 * points that are configured keep the day, for what the API has lost may be nowhere else; those of other points go to the
 * backfill, which adds them to the object.
 *
 * Dying before the release leaves the day as it was; after it the day is deleted in steps, which a later sync continues.
 */
export async function rollOver(context: ClaimedContext, day: UtcDay): Promise<void> {
  try {
    await tryRollOver(context, day);
  } catch (error) {
    if (error instanceof HotUnavailable || error instanceof StaleEpoch) throw error;
    postpone(context, day, `its object could not be compared: ${String(error)}`);
  }
}

async function tryRollOver(context: ClaimedContext, day: UtcDay): Promise<void> {
  const { archive, claim, clock, writer } = context;
  const object = await withTimeout(clock, ANSWER_MS_MAX, () => archive.countPoints(day));
  if (!object) return postpone(context, day, "its object in R2 is not the one that was verified");
  const archived = new Map(object.counts);
  const missing: string[] = [];
  for (const [name, samples] of await writer.countPoints(claim, day))
    if (samples > (archived.get(name) ?? 0)) missing.push(name);
  if (missing.length === 0) return release(context, day);
  const configured = context.points().ids;
  const kept = missing.filter((name) => configured.has(name));
  if (kept.length > 0) return keep(context, day, describe(kept));
  for (const points of await partsOf(context, day, missing)) await archive.addHotSamples(day, { points });
  const { log, site, store } = context;
  log("WARN", `${day} has samples of ${missing.length} points that only hot storage has`, { site, day });
  store.tx((sql) => setRollOver(sql, day, { ...NEVER_FAILED, fetchedSince: clock.now() }));
}

/** The samples of the points, in parts that one call may have. A point of a day has fewer than a call. */
async function partsOf({ claim, writer }: ClaimedContext, day: UtcDay, names: readonly string[]) {
  const parts: NamedSeries[][] = [];
  let room = 0;
  for (const [name, { ms, value }] of await writer.samplesOf(claim, day, names)) {
    if (ms.length > room) {
      parts.push([]);
      room = HOT_SAMPLES_A_CALL;
    }
    parts.at(-1)?.push({ name, ms, value });
    room -= ms.length;
  }
  return parts;
}

async function release(context: ClaimedContext, day: UtcDay): Promise<void> {
  const { claim, clock, log, site, store, writer } = context;
  await writer.release(claim, day);
  log("INFO", `${day} leaves hot storage: its verified object has all of its samples`, { site, day });
  store.tx((sql) => {
    const { days } = getState(sql, "rolledOver");
    setState(sql, "rolledOver", { days: days + 1, lastDay: day, lastAt: clock.now() });
    setRollOver(sql, day, undefined);
  });
}

/** Tries again in a later sync: what failed is not the day. */
function postpone({ clock, log, site, store }: ClaimedContext, day: UtcDay, why: string): void {
  store.tx((sql) => {
    const before = getState(sql, "rollOvers")[day] ?? { ...NEVER_FAILED, fetchedSince: 0 };
    const failures = before.failures + 1;
    const retryAt = nextSyncAt(clock.now());
    const error = `${day} stays in hot storage for now: ${why}`;
    setRollOver(sql, day, { ...before, failures, retryAt, error });
    log("WARN", error, { site, day, retry_at: new Date(retryAt).toISOString() });
  });
}

/** Keeps the day hot, and makes it due again after a pause: the API may have the samples then. */
function keep(context: ClaimedContext, day: UtcDay, why: string): void {
  const { clock, store } = context;
  store.tx((sql) => {
    const before = getState(sql, "rollOvers")[day];
    const failures = (before?.isKept ? before.failures : 0) + 1;
    const pauseMs = Math.min(ROLL_OVER_PAUSE_MS * 2 ** (failures - 1), ROLL_OVER_PAUSE_MS_MAX);
    const retryAt: EpochMs = clock.now() + pauseMs;
    const error = `${day} stays in hot storage: ${why}`;
    setRollOver(sql, day, { fetchedSince: retryAt, failures, retryAt, isKept: true, error });
    logError(context, sql, error, { day, retry_at: new Date(retryAt).toISOString() });
  });
}

const NEVER_FAILED = { failures: 0, retryAt: 0, isKept: false, error: null };

/** An answer takes some seconds: the names and counts of a whole file are read. */
const ANSWER_MS_MAX = 60_000;

function setRollOver(sql: Parameters<typeof getState>[0], day: UtcDay, to: RollOver | undefined): void {
  const { [day]: _, ...others } = getState(sql, "rollOvers");
  setState(sql, "rollOvers", to ? { ...others, [day]: to } : others);
}

function describe(names: readonly string[]): string {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return `its object lacks samples of ${names.slice(0, 3).join(", ")}${more}, which hot storage has`;
}
