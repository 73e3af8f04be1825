import { addDays, type EpochMs, utcDayOf } from "../../src/domain/day.ts";
import { type JsonToken, type SiteData, siteAt } from "../building/building.ts";
import { formatNaive } from "../naive-time.ts";
import { jsonReply, type Reply } from "./reply.ts";

/** The fields of the response, each the last part of a point's name below `weather/`. */
const FIELDS = [
  "temp",
  "feels_like",
  "pressure",
  "humidity",
  "dew_point",
  "clouds",
  "wind_speed",
  "wind_deg",
  "wet_bulb",
] as const;

/** The last known sample of a weather point; all null where the site has no such point, or no sample of it. */
interface Reading {
  readonly name: string | null;
  readonly value: string | null;
  readonly time: string | null;
}

const NO_READING: Reading = { name: null, value: null, time: null };
const weatherOf = (readingOf: (field: string) => Reading) => ({
  weather: Object.fromEntries(FIELDS.map((field) => [field, readingOf(field)])),
});
/** The body for a site without weather points. */
export const NO_WEATHER = weatherOf(() => NO_READING);

/** The days that are searched for the last sample: a point that is silent for longer has no reading. */
const DAYS_SEARCHED = 2;

/** The newest sample of each weather point at `now`; 404 with nulls for a site without such points. */
export function weatherReply(data: SiteData, now: EpochMs): Reply {
  const pointOf = new Map<string, number>();
  for (const [point, name] of data.names.entries()) {
    const [, field] = /\/weather\/(\w+)$/.exec(name) ?? [];
    if (field !== undefined) pointOf.set(field, point);
  }
  if (!FIELDS.some((field) => pointOf.has(field))) return jsonReply(404, NO_WEATHER);
  const latest = latestSamples(siteAt(data, now), new Set(pointOf.values()), now);
  const body = weatherOf((field) => {
    const point = pointOf.get(field) ?? -1;
    const sample = latest.get(point);
    if (!sample) return NO_READING;
    return { name: data.names[point] ?? null, value: textOf(sample.token), time: formatNaive(sample.micros) };
  });
  return jsonReply(200, body, latest.size);
}

function latestSamples(shown: SiteData, points: ReadonlySet<number>, now: EpochMs) {
  const latest = new Map<number, { readonly token: JsonToken; readonly micros: number }>();
  for (let back = 0; back < DAYS_SEARCHED; back++) {
    const table = shown.day(addDays(utcDayOf(now), -back));
    for (let burst = table.micros.length - 1; burst >= 0 && latest.size < points.size; burst--) {
      const micros = table.micros[burst] ?? 0;
      if (micros > now * 1000) continue;
      const drawn = table.draw(burst);
      for (const [row, point] of drawn.points.entries()) {
        if (!points.has(point) || latest.has(point)) continue;
        latest.set(point, { token: drawn.tokens[row] ?? "null", micros });
      }
    }
  }
  return latest;
}

function textOf(token: JsonToken): string | null {
  const value: unknown = JSON.parse(token);
  return value === null ? null : String(value);
}
