/** What a day of syncs reads, and when: every form of storage is measured with the same readings. */

const MINUTE_MS = 60_000;
const SYNC_MS = 5 * MINUTE_MS;
const WINDOW_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Minutes after its end at which an hour is read again. */
const HOUR_READINGS_MS = [15, 70, 125].map((minutes) => minutes * MINUTE_MS);

/** What is read: the part of the day, and until when the API has shown samples. */
export interface Reading {
  readonly level: "window" | "hour";
  readonly fromMs: number;
  readonly toMs: number;
  readonly atMs: number;
}

/** The readings of the first `hours` of a day, in order: the newest windows in every sync, and each hour three times. */
export function readingsOf(hours: number): Reading[] {
  const readings: Reading[] = [];
  const last = hours * HOUR_MS + (HOUR_READINGS_MS.at(-1) as number);
  for (let atMs = SYNC_MS; atMs <= last; atMs += SYNC_MS) {
    for (let fromMs = 0; fromMs < Math.min(atMs, hours * HOUR_MS); fromMs += WINDOW_MS) {
      const sinceEnd = atMs - (fromMs + WINDOW_MS);
      // The incomplete window, and each once more after its end.
      if (sinceEnd <= SYNC_MS) readings.push({ level: "window", fromMs, toMs: fromMs + WINDOW_MS, atMs });
    }
    for (let fromMs = 0; fromMs < hours * HOUR_MS; fromMs += HOUR_MS) {
      const toMs = fromMs + HOUR_MS;
      if (HOUR_READINGS_MS.includes(atMs - toMs)) readings.push({ level: "hour", fromMs, toMs, atMs });
    }
  }
  return readings;
}
