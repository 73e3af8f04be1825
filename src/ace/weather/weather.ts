import { compareText } from "../../domain/dropped-rows.ts";
import { readPointName } from "../../domain/point-name.ts";
import type { SiteName } from "../../domain/site.ts";
import { parseTime } from "../../domain/time.ts";
import { parseValue } from "../../domain/value.ts";
import { protocolFault } from "../faults.ts";
import { parseJsonObject } from "../page/page.ts";

/** A point of the weather at a site has this before the name of its field. */
export const WEATHER_PREFIX = "weather.";

/** A reading of the weather. The API has the last one of each field alone. */
export interface WeatherSample {
  /** `weather.temp` and so on. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly ms: number;
  readonly value: number;
}

/** Fields of one response: ten are known. */
const FIELDS_MAX = 100;

export function weatherPath(site: SiteName): string {
  return `sites/${site}/weather`;
}

/**
 * The usable readings of `GET /sites/{site}/weather`, by name: fields with a finite value and a time. A site without
 * weather has fields that are all null. Throws `VendorFault` as `parseJsonObject` does, and "protocol" for another form.
 */
export function parseWeather(bytes: Uint8Array): WeatherSample[] {
  const { weather } = parseJsonObject(bytes);
  if (typeof weather !== "object" || weather === null || Array.isArray(weather))
    throw protocolFault("the weather has no object weather");
  const fields = Object.entries(weather);
  if (fields.length > FIELDS_MAX)
    throw protocolFault("the weather has too many fields", { fields: fields.length });
  return fields.flatMap(readingOf).sort((a, b) => compareText(a.name, b.name));
}

function readingOf([field, reading]: [string, unknown]): WeatherSample[] {
  const name = `${WEATHER_PREFIX}${field}`;
  if (typeof reading !== "object" || reading === null || readPointName(name).kind !== "usable") return [];
  const { value, time } = reading as Readonly<Record<string, unknown>>;
  const number = parseValue(value);
  const micros = typeof time === "string" ? parseTime(time) : undefined;
  return Number.isNaN(number) || micros === undefined
    ? []
    : [{ name, ms: Math.floor(micros / 1_000), value: number }];
}
