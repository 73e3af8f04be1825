import type { EpochMicros } from "../../src/domain/day.ts";

export type TimeForm = "UTC without a zone" | "times with a zone" | "unix seconds" | "unix milliseconds";

export interface CsvTime {
  readonly micros: EpochMicros;
  readonly form: TimeForm;
}

type Parsed = CsvTime | { readonly problem: string };

const ISO =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?: ?(Z|UTC|[+-]\d\d(?::?\d\d)?))?)?$/i;
const UNIX = /^(\d{1,20})(?:\.(\d{1,9}))?$/;

/** 1973-03-03 in seconds, and in milliseconds. A smaller number of seconds may be milliseconds, and the other way round. */
const SECONDS_MIN = 1e8;
const MILLISECONDS_MIN = 1e11;
const MILLISECONDS_END = 1e13;

/** The days that the Worker can archive begin in 1970; digits beyond microseconds are cut off. */
export function parseCsvTime(text: string): Parsed {
  const iso = ISO.exec(text);
  if (iso) return parseIso(iso);
  const unix = UNIX.exec(text);
  return unix ? parseUnix(unix) : { problem: "is not a time" };
}

function parseIso([
  ,
  day = "",
  minute = "00:00",
  second = "00",
  fraction = "",
  zone,
]: RegExpExecArray): Parsed {
  const text = `${day}T${minute}:${second}`;
  const ms = Date.parse(`${text}Z`);
  // The engine rolls 02-30 into March; the round trip refuses it.
  const exists = Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text);
  const offset = offsetMinutes(zone);
  if (!exists || offset === undefined) return { problem: "does not exist" };
  const micros = (ms - offset * 60_000) * 1_000 + Number(fraction.padEnd(6, "0").slice(0, 6));
  if (micros < 0) return { problem: "is before 1970; earlier days can't be archived" };
  return { micros, form: zone === undefined ? "UTC without a zone" : "times with a zone" };
}

function offsetMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || /^[a-z]/i.test(zone)) return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(":", ""))];
  if (hours > 15 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function parseUnix([, whole = "", fraction = ""]: RegExpExecArray): Parsed {
  const number = Number(whole);
  if (number < SECONDS_MIN)
    return {
      problem: "is ambiguous: seconds or milliseconds; before 1973 write times as 1970-01-31 10:30:00",
    };
  if (number < MILLISECONDS_MIN) {
    const micros = number * 1_000_000 + Number(fraction.padEnd(6, "0").slice(0, 6));
    return micros < MILLISECONDS_END * 1_000 ? { micros, form: "unix seconds" } : TOO_LARGE;
  }
  if (number >= MILLISECONDS_END) return TOO_LARGE;
  return { micros: number * 1_000 + Number(fraction.padEnd(3, "0").slice(0, 3)), form: "unix milliseconds" };
}

const TOO_LARGE = { problem: "is too large for unix seconds or milliseconds; microseconds are not accepted" };
