import type { EpochMicros } from "../../src/domain/day.ts";
import { mix } from "../chance.ts";
import type { Signal } from "./names.ts";
import type { JsonToken } from "./site-data.ts";

/** What all points of one burst share, computed once. */
export interface Moment {
  readonly minutes: number;
  /** The half-hour of the moment, and the elapsed fraction of it. */
  readonly cell: number;
  readonly fraction: number;
  /** Outdoor air temperature in hundredths of a degree Fahrenheit: a year's and a day's wave. */
  readonly outdoor: number;
  readonly salt: number;
}

export function momentAt(micros: EpochMicros, seed: number): Moment {
  const minutes = micros / 60_000_000;
  const cell = Math.floor(minutes / 30);
  const days = minutes / 1440;
  const wave = 25 * Math.sin(2 * Math.PI * (days / 365.25 - 0.3)) + 11 * Math.sin(2 * Math.PI * (days - 0.6));
  const salt = mix(seed ^ Math.floor(minutes), micros % 60_000_000);
  return { minutes, cell, fraction: minutes / 30 - cell, outdoor: Math.round((57 + wave) * 100), salt };
}

/** The value of a point at a moment: a pure function of its arguments. */
export function valueToken(signal: Signal, seed: number, moment: Moment, jitter: number): JsonToken {
  const own = seed & 1023;
  switch (signal) {
    case "tenths":
      return at(TENTHS, 300 + own + wander(seed, moment, 80) + (jitter % 3));
    case "setpoint":
      return at(TENTHS, 600 + 5 * (mix(seed, Math.floor(moment.minutes / 1440)) % 24));
    case "float32":
      return at(FLOATS, 300 + own + wander(seed, moment, 300) + (jitter % 7));
    case "binary":
      return (mix(seed, Math.floor(moment.minutes / 45)) & 1) === 0 ? '"0"' : '"1"';
    case "counter":
      return `"${own * 977 + Math.floor((moment.minutes - COUNTED_FROM_MINUTES) / (1 + (seed % 30)))}"`;
    case "hundredths":
      return at(HUNDREDTHS, own * 4 + wander(seed, moment, 2000) + (jitter % 9));
    case "zone":
      return at(FLOATS, 680 + Math.round(moment.outdoor / 200) + wander(seed, moment, 20) + (jitter & 1));
    case "damper":
      return at(TENTHS, 200 + Math.min(1000, wander(seed, moment, 1200)));
    case "following":
      return at(HUNDREDTHS, ZERO + 12_000 - Math.round(moment.outdoor / 2) + wander(seed, moment, 150));
    case "power":
      return at(FLOATS, 200 + own + wander(seed, moment, 1500) + (jitter % 31));
    case "outdoor":
      return at(HUNDREDTHS, ZERO + moment.outdoor + (seed % 40));
    default:
      return signal satisfies never;
  }
}

/**
 * What real buildings send besides plain readings: fault values, words, nothing, and JSON of other types. The client
 * decides for each whether it is a number.
 */
const ODD_TOKENS: readonly JsonToken[] = [
  '"-32"',
  '"-97.5"',
  '"4080"',
  "null",
  '"NaN"',
  '""',
  '"Infinity"',
  '"active"',
  '"inactive"',
  '"true"',
  '"false"',
  "72.5",
  "true",
  "false",
  '"72abc"',
  '"-Infinity"',
  "0",
  '"1.5e2"',
  '" 21.5 "',
];

/** One of the odd tokens, by a random number. */
export function oddToken(random: number): JsonToken {
  return ODD_TOKENS[mix(random, 7) % ODD_TOKENS.length] ?? "null";
}

/** 2020-01-01, so that counters have a few digits more than new counters would. */
const COUNTED_FROM_MINUTES = 26_297_280;

// Formatting a number costs more than the rest of a row, so each token is formatted once, here.
const ZERO = 500;
const TENTHS = Array.from({ length: 4096 }, (_, n) => `"${((n - 200) / 10).toFixed(1)}"`);
const HUNDREDTHS = Array.from({ length: 16_384 }, (_, n) => `"${((n - ZERO) / 100).toFixed(2)}"`);
const FLOATS = Array.from({ length: 4096 }, (_, n) => `"${Math.fround(n / 10)}"`);

function at(tokens: readonly JsonToken[], index: number): JsonToken {
  return tokens[index] ?? '"0.0"';
}

/** A slow drift in [0, span): straight lines between a random height every half hour. */
function wander(seed: number, moment: Moment, span: number): number {
  const from = mix(seed, moment.cell);
  const to = mix(seed, moment.cell + 1);
  return Math.floor(((from + (to - from) * moment.fraction) / 2 ** 32) * span);
}
