import { parseWeather, type WeatherSample, weatherPath } from "../../ace/weather/weather.ts";
import type { TimeSpan } from "../../domain/windows.ts";
import { ApiClient } from "../../fetch/fetch.ts";
import type { SyncContext } from "../context.ts";
import { haltSite } from "../failures.ts";
import { LATE_MS } from "../limits.ts";
import { getState, logError, setState } from "../state/state.ts";

/** A response has a kilobyte. */
const RESPONSE_BYTES = 64 * 1024;

/** A response has a single size. */
const ONE_SIZE = { size: 1_000, ceiling: 1_000, floor: 1_000, successes: 0 } as const;

/** Readings that wait for their windows to be read: those of two hours, of ten fields every five minutes, and more. */
const READINGS_MAX = 1_000;

/**
 * Reads the weather at the site, and stores its readings until the windows that they belong to are read: then they are
 * committed with these. A failure costs a reading, and is tried again in the next sync.
 */
export async function readWeather(context: SyncContext): Promise<void> {
  const { fence, isolate, site, store } = context;
  const memory = await isolate.reserve(context, RESPONSE_BYTES, fence.signal);
  if (!memory) return;
  try {
    const client = new ApiClient(context, memory);
    const { outcome } = await client.retrying(ONE_SIZE, () =>
      client.get(weatherPath(site), { besideBytes: 0, isNeeded: () => true, decode: parseWeather }),
    );
    if (outcome.kind === "value") storeReadings(context, outcome.value);
    if (outcome.kind !== "failed") return;
    const { failed } = outcome;
    if (failed.kind === "unauthorized") haltSite(context, failed);
    // A site without weather answers 404.
    else if (failed.status !== 404)
      store.tx((sql) => logError(context, sql, failed.message, { request: "the weather" }));
  } finally {
    memory.release();
  }
}

function storeReadings({ clock, store }: SyncContext, readings: readonly WeatherSample[]): void {
  store.tx((sql) => {
    const now = clock.now();
    const stored = getState(sql, "weather");
    const isNew = ({ name, ms }: WeatherSample) =>
      !stored.some((each) => each.name === name && each.ms === ms);
    // Windows older than that are settled, and not read again.
    const isWanted = ({ ms }: WeatherSample) => ms > now - LATE_MS && ms <= now + LATE_MS;
    const all = [...stored, ...readings.filter(isNew)].filter(isWanted);
    setState(sql, "weather", all.slice(-READINGS_MAX));
  });
}

/** The stored readings of a span, by name, then time. */
export function readingsOf(
  { store }: Pick<SyncContext, "store">,
  { fromMs, toMs }: TimeSpan,
): WeatherSample[] {
  return store.tx((sql) => getState(sql, "weather")).filter(({ ms }) => ms >= fromMs && ms < toMs);
}

/** Removes readings that hot storage has by now. */
export function forgetReadings(
  { store }: Pick<SyncContext, "store">,
  committed: readonly WeatherSample[],
): void {
  if (committed.length === 0) return;
  const isCommitted = ({ name, ms }: WeatherSample) =>
    committed.some((each) => each.name === name && each.ms === ms);
  store.tx((sql) =>
    setState(
      sql,
      "weather",
      getState(sql, "weather").filter((each) => !isCommitted(each)),
    ),
  );
}
