import type { EpochMs, UtcDay } from "../../domain/day.ts";
import { HOT_SAMPLES_A_CALL, type HotSeries } from "../../ports/due.ts";
import type { ClaimedContext } from "../context.ts";
import { ROLL_OVER_PAUSE_MS, ROLL_OVER_PAUSE_MS_MAX } from "../limits.ts";
import { getState, logError, type RollOver, setState } from "../state/state.ts";

/**
 * Lets a day leave hot storage, if its verified object has at least hot's samples of every point. Otherwise: samples of
 * points that are configured keep the day; those of other points go to the backfill, which adds them to the object.
 *
 * Dying before the release leaves the day as it was; the deletion after it is continued by `deleteReleased`.
 */
export async function rollOver(context: ClaimedContext, day: UtcDay): Promise<"released" | "kept"> {
  const { archive, claim, writer } = context;
  const object = await archive.countPoints(day);
  if (!object) return keep(context, day, "its object in R2 can't be counted");
  const archived = new Map(object.counts);
  const missing: string[] = [];
  for (const [name, samples] of await writer.countPoints(claim, day))
    if (samples > (archived.get(name) ?? 0)) missing.push(name);
  if (missing.length === 0) return release(context, day);
  const configured = context.points().ids;
  const kept = missing.filter((name) => configured.has(name));
  if (kept.length > 0) return keep(context, day, describe(kept));
  for (const points of await partsOf(context, day, missing)) await archive.addHotSamples(day, { points });
  const { clock, log, site, store } = context;
  log("WARN", `${day} has samples of ${missing.length} points that only hot storage has`, { site, day });
  store.tx((sql) => setRollOver(sql, day, { ...NOT_FAILED, fetchedSince: clock.now() }));
  return "kept";
}

/** The samples of the points, in parts that one call may have. A point of a day has fewer than a call. */
async function partsOf({ claim, writer }: ClaimedContext, day: UtcDay, names: readonly string[]) {
  const parts: HotSeries[][] = [];
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

async function release(context: ClaimedContext, day: UtcDay): Promise<"released"> {
  const { claim, clock, log, site, store, writer } = context;
  await writer.release(claim, day);
  log("INFO", `${day} leaves hot storage: its verified object has all of its samples`, { site, day });
  store.tx((sql) => {
    const { days } = getState(sql, "rolledOver");
    setState(sql, "rolledOver", { days: days + 1, lastDay: day, lastAt: clock.now() });
    setRollOver(sql, day, undefined);
  });
  return "released";
}

/** Keeps the day hot, and makes it due again after a pause: the API may have the samples then. */
function keep(context: ClaimedContext, day: UtcDay, why: string): "kept" {
  const { clock, store } = context;
  store.tx((sql) => {
    const failures = (getState(sql, "rollOvers")[day]?.failures ?? 0) + 1;
    const pauseMs = Math.min(ROLL_OVER_PAUSE_MS * 2 ** (failures - 1), ROLL_OVER_PAUSE_MS_MAX);
    const retryAt: EpochMs = clock.now() + pauseMs;
    const error = `${day} stays in hot storage: ${why}`;
    setRollOver(sql, day, { fetchedSince: retryAt, failures, retryAt, error });
    logError(context, sql, error, { day, retry_at: new Date(retryAt).toISOString() });
  });
  return "kept";
}

const NOT_FAILED = { failures: 0, retryAt: 0, error: null };

function setRollOver(sql: Parameters<typeof getState>[0], day: UtcDay, to: RollOver | undefined): void {
  const { [day]: _, ...others } = getState(sql, "rollOvers");
  setState(sql, "rollOvers", to ? { ...others, [day]: to } : others);
}

function describe(names: readonly string[]): string {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return `its object lacks samples of ${names.slice(0, 3).join(", ")}${more}, which hot storage has`;
}
