/** The API of the Query Worker: one schema for validation, types and OpenAPI. */
import { z } from "zod";
import { parseInstant } from "../domain/instant.ts";
import { INTERVAL_FORM, parseInterval } from "../domain/interval.ts";
import { POINT_NAME_BYTES_MAX } from "../domain/limits.ts";
import { limitUpTo, parsedText, responseObject, siteName, utcDay } from "./parameters.ts";

export * from "./parameters.ts";

/** Points of one answer: memory holds each day for all of them at once. */
export const QUERY_POINTS_MAX = 100;

/** Days of a query: a leap year. */
export const QUERY_DAYS_MAX = 366;

/** Days of a query whose interval is an hour or longer: five years, of which two may be leap years. */
export const LONG_QUERY_DAYS_MAX = 1_827;

/** Rows of a page: a point's year at full resolution is some 300,000, and a page of a million some 100 MB of JSON. */
export const ROWS_DEFAULT = 100_000;
export const ROWS_MAX = 1_000_000;

/** The intervals that charts offer. A query may have any other that divides a day. */
export const INTERVALS = ["raw", "1min", "5min", "15min", "1hr", "1day", "1week", "1month"] as const;
export type Interval = (typeof INTERVALS)[number];

export const AGGREGATES = ["avg", "min", "max", "sum", "count", "first", "last"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** The formats of an answer by their media types; the first is the default. */
export const MEDIA_TYPES = {
  json: "application/json",
  csv: "text/csv",
  ndjson: "application/x-ndjson",
  arrow: "application/vnd.apache.arrow.stream",
} as const;
export type FormatName = keyof typeof MEDIA_TYPES;
const FORMAT_NAMES = Object.keys(MEDIA_TYPES) as [FormatName, ...FormatName[]];

/** The forms of a sample's timestamp in JSON, NDJSON and CSV; the first is the default. */
const TIME_FORMS = ["iso", "ms"] as const;
export type TimeForm = (typeof TIME_FORMS)[number];

const time = z
  .enum(TIME_FORMS)
  .optional()
  .describe(
    "The form of each sample's timestamp: iso (the default) is text, ms is the number of milliseconds since 1970. Arrow has milliseconds in either case",
  );

const NOT_AN_INSTANT = {
  "no zone": "has no zone; write Z or an offset after it, as in 2024-01-31T00:00:00Z",
  "lost plus": "has lost the + of its offset; write %2B in a URL",
  "no instant":
    "is not a time from 1970 to 2254 of the form 2024-01-31T00:00:00Z (with its zone), nor milliseconds since 1970",
} as const;

export const instant = z
  .string()
  .transform((text, context) => {
    const ms = parseInstant(text);
    if (typeof ms === "number") return ms;
    context.addIssue({ code: "custom", message: `"${text.slice(0, 40)}" ${NOT_AN_INSTANT[ms]}` });
    return z.NEVER;
  })
  .meta({ examples: ["2024-01-31T00:00:00Z"] });

/** "raw", or an interval. */
export const interval = z
  .string()
  .default("raw")
  .transform((text, context) => {
    if (text === "raw") return text;
    const parsed = parseInterval(text);
    if (typeof parsed !== "object") return parsed;
    context.addIssue({ code: "custom", message: `"${text.slice(0, 40)}" ${parsed.fault}` });
    return z.NEVER;
  })
  .describe(
    `raw: samples as they are. Or ${INTERVAL_FORM}: one row for each bucket that has a sample. Buckets begin at UTC multiples of the interval; that of 1d is a UTC day, that of 1week begins on Monday, and that of 1month is a month of the calendar. The first bucket may begin before start_time, and the last may end after end_time; both contain only samples of the range.`,
  )
  .meta({ default: "raw" });

export const pointNames = z
  .array(z.string())
  .transform((given, context) => {
    // A single value is a list; of repeated values each is one name, which may contain commas.
    const names = [...new Set(given.length === 1 ? given.flatMap((list) => list.split(",")) : given)];
    const message = namesFault(names);
    if (message === undefined) return names;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  })
  .describe(
    `Up to ${QUERY_POINTS_MAX} names. A single value is a list separated by commas. If the parameter is repeated, each value is one name, which may contain commas. Equal names are answered once, so repeat a single name that contains a comma.`,
  )
  .meta({ examples: [["POINT_NAME"]] });

function namesFault(names: readonly string[]): string | undefined {
  if (names.length > QUERY_POINTS_MAX)
    return `${names.length} points are requested; at most ${QUERY_POINTS_MAX} are allowed`;
  if (names.includes("")) return "a name is empty";
  const long = names.find((name) => new TextEncoder().encode(name).length > POINT_NAME_BYTES_MAX);
  return long && `"${long.slice(0, 40)}…" has more than ${POINT_NAME_BYTES_MAX} bytes`;
}

/** Parameters of `GET /timeseries/query`. */
export const timeseriesQuery = z.strictObject({
  site_name: siteName,
  point_names: pointNames,
  start_time: instant.describe(
    "The first millisecond of the range: ISO 8601 with its zone, or milliseconds since 1970",
  ),
  end_time: instant
    .describe(
      `The first millisecond after the range, which excludes it: ISO 8601 with its zone, or milliseconds since 1970. At most ${QUERY_DAYS_MAX} days after start_time, or ${LONG_QUERY_DAYS_MAX} if the interval is an hour or longer`,
    )
    .meta({ examples: ["2024-02-01T00:00:00Z"] }),
  interval,
  agg: z
    .enum(AGGREGATES)
    .optional()
    .describe("How the value of a bucket is computed; avg by default. Not allowed for raw"),
  limit: limitUpTo(ROWS_MAX, ROWS_DEFAULT).describe("The most rows of this page"),
  cursor: z
    .string()
    .optional()
    .describe(
      "next_cursor of the previous page. Send the same query with it; only limit, format and time may change. Pages are not a snapshot: if a day's file is replaced between two pages, the second continues in the new file.",
    ),
  format: z
    .enum(FORMAT_NAMES)
    .optional()
    .describe("Takes precedence over Accept; json if neither names a format"),
  time,
});
export type TimeseriesQuery = z.output<typeof timeseriesQuery>;

/** Parameters of the routes about one day of a site. */
export const siteDayQuery = z.strictObject({ site_name: siteName, date: utcDay.describe("In UTC") });

export const sitesQuery = z.strictObject({ date: utcDay.describe("In UTC") });

export const daysQuery = z.strictObject({
  site_name: siteName,
  from: utcDay.describe("The first day, in UTC"),
  to: utcDay.describe("The last day, which is included"),
});

/** Points of a page: some 6 MB of JSON with all that a points file says of them. */
export const POINTS_PAGE_MAX = 10_000;
const SEARCH_CHARS_MAX = 200;

/** The last name of a page, in base64url. */
const pointsCursor = parsedText((text) => {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) =>
      char.charCodeAt(0),
    );
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) || undefined;
  } catch {
    return undefined;
  }
}, "a next_cursor of this route");

export function pointsCursorAfter(name: string): string {
  const binary = Array.from(new TextEncoder().encode(name), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Parameters of `GET /timeseries/points`. */
export const pointsQuery = z.strictObject({
  site_name: siteName,
  date: utcDay
    .optional()
    .describe(
      "In UTC: the points that have samples on this day. Without it: all points that were ever configured, with their first and last day",
    ),
  q: z
    .string()
    .refine((text) => text.length <= SEARCH_CHARS_MAX, `has more than ${SEARCH_CHARS_MAX} characters`)
    .optional()
    .describe(
      "Words, all of which have to be in a point's name, object name, description or tags (key=value for those with a value), in any case and order",
    )
    .meta({ examples: ["zone temp"] }),
  point_names: pointNames
    .optional()
    .meta({ description: `Only these points. ${pointNames.meta()?.description ?? ""}` }),
  limit: limitUpTo(POINTS_PAGE_MAX, POINTS_PAGE_MAX).describe("The most points of this page"),
  cursor: pointsCursor
    .optional()
    .describe("next_cursor of the previous page. Send the same parameters with it; only limit may change"),
});

export const latestQuery = z.strictObject({ site_name: siteName, point_names: pointNames, time });

export const sample = responseObject("Sample", {
  point_name: z.string(),
  timestamp: z
    .union([z.string(), z.number()])
    .describe(
      "ISO 8601 in UTC with milliseconds; with time=ms the number of milliseconds since 1970. Of a bucket its beginning",
    ),
  value: z
    .number()
    .nullable()
    .describe("null if JSON has no number for the value: a sum that exceeds the range of a double"),
});
/** As it is without `time=ms`. */
export type Sample = z.output<typeof sample> & { readonly timestamp: string };

const tiers = z.array(z.enum(["cold", "hot"]));
const answerTiers = z.array(z.enum(["cold", "hot", "rollup"]));

/** Where a response came from, and what it cost. */
export const cost = responseObject("Cost", {
  sources: z.array(z.enum(["R2", "D1"])).describe("The stores behind storage_tiers"),
  storage_tiers: answerTiers.describe(
    "Where the days of the answer come from: cold is the archive's files of days in R2, hot is D1, rollup is a file in R2 of a quarter by the hour or of a month of samples",
  ),
  query_time_ms: z.number().describe("From the validation of the request to the end of the answer"),
  bytes_read: z.number().describe("From R2, footers included"),
  r2_requests: z.number().describe("Reads and listings, also those without a result"),
  row_groups_read: z.number().describe("Of the archive's files, roll-ups included"),
  row_groups_pruned: z
    .number()
    .describe("Not read, because the file's footer shows that they have no sample of the query"),
  cache_hits: z.number().describe("Days and roll-ups whose footer was found in a cache"),
  d1_rows: z.number().describe("Rows that D1 scanned, also those without a match"),
  d1_bytes: z.number().describe("Of the blocks that were read from D1, as they are stored"),
});
export type Cost = z.output<typeof cost>;

export const queryMetadata = responseObject("QueryMetadata", {
  ...cost.shape,
  total_samples: z.number().describe("Rows of this page"),
  points_without_samples: z
    .array(z.string())
    .describe(
      "Requested points that have no row in this page. A point that is listed on every page of an answer has no sample in the range: perhaps the site has no point of that name. A single page that has a next_cursor may have ended before it reached the point.",
    ),
  days_from: z
    .object({ rollup: z.number(), cold: z.number(), hot: z.number() })
    .describe(
      "How many days of this page come from each tier; rollup counts days by the hour and days of samples. A day that is in the archive and in part in D1 counts for both",
    ),
  missing_days: z
    .array(z.string())
    .describe("Days of this page that no store has; their samples may still arrive"),
  empty_days: z.array(z.string()).describe("Days of this page that are known to have no sample of any point"),
  next_cursor: z
    .string()
    .nullable()
    .describe(
      "null: this is the last page. A page may end before its limit, at the end of a day (or of a week or month), if much had to be read for it; the page after it may be empty.",
    ),
});
export type QueryMetadata = z.output<typeof queryMetadata>;

export const queryAnswer = responseObject("QueryAnswer", {
  site_name: z.string(),
  point_names: z.array(z.string()).describe("The requested points, each once"),
  samples: z
    .array(sample)
    .describe("In order of UTC day (week, month, for these intervals), then of point_names, then of time"),
  metadata: queryMetadata,
});
/** As it is without `time=ms`. */
export type QueryAnswer = Omit<z.output<typeof queryAnswer>, "samples"> & { readonly samples: Sample[] };

export const dayState = z
  .enum(["missing", "empty", "present"])
  .describe(
    "missing: no store has the day, and its samples may still arrive; empty: the day is known to have no sample of any point",
  );

const nullableText = z.string().nullable();
const units = nullableText.describe("As the API names them, such as degreesFahrenheit");
const description = nullableText.describe("Of the BACnet object");

/** What the points file says of a point. */
const pointMeaning = {
  units,
  description,
  object_name: nullableText.describe("Of the BACnet object"),
  object_type: nullableText,
  object_index: z.number().nullable(),
  device_id: nullableText,
  device_name: nullableText,
  device_address: nullableText,
  point_type: nullableText,
  kv_tags: z.record(z.string(), z.unknown()).describe("Tags with a value"),
  marker_tags: z.array(z.string()).describe("Tags without a value"),
  collect_interval: z.number().nullable().describe("In seconds"),
  point_id: nullableText.describe("The API's own id"),
  first_seen: z.string().describe("The first UTC day on which the API's list had the point as configured"),
  last_seen: z.string().describe("The last such day"),
};

const pointsMetadata = cost.extend({
  total_points: z.number().describe("All that match, over all pages"),
  next_cursor: z.string().nullable().describe("null: this is the last page"),
  points_file: z
    .enum(["present", "absent", "unavailable"])
    .describe(
      "Whether the site's points file could be read. Where it could not, points have none of its fields, and are searched by name alone",
    ),
});
const IN_ORDER = "In the order of the names' UTF-8 bytes";

/** The points of a day. */
export const pointsAnswer = responseObject("PointsAnswer", {
  site_name: z.string(),
  date: z.string(),
  state: dayState,
  points: z
    .array(
      z
        .object({
          point_name: z.string(),
          count: z.number(),
          first_timestamp: z.string(),
          last_timestamp: z.string(),
        })
        .extend(z.object(pointMeaning).partial().shape),
    )
    .describe(`${IN_ORDER}. A point that the points file does not have is without its fields`),
  metadata: pointsMetadata,
});
export type PointsAnswer = z.output<typeof pointsAnswer>;

/** The points that were ever configured. */
export const knownPointsAnswer = responseObject("KnownPointsAnswer", {
  site_name: z.string(),
  points: z.array(z.object({ point_name: z.string(), ...pointMeaning })).describe(IN_ORDER),
  metadata: pointsMetadata,
});
export type KnownPointsAnswer = z.output<typeof knownPointsAnswer>;

export const sitesAnswer = responseObject("SitesAnswer", {
  date: z.string(),
  sites: z.array(z.string()).describe("In the order of their names"),
  metadata: cost,
});
export type SitesAnswer = z.output<typeof sitesAnswer>;

export const daysAnswer = responseObject("DaysAnswer", {
  site_name: z.string(),
  from: z.string(),
  to: z.string(),
  days: z
    .array(
      z.object({
        date: z.string(),
        state: dayState,
        storage_tiers: tiers,
        samples: z.number().nullable().describe("Of all points; null: unknown"),
      }),
    )
    .describe("Every day of the range, in order"),
  metadata: cost,
});
export type DaysAnswer = z.output<typeof daysAnswer>;

export const latestAnswer = responseObject("LatestAnswer", {
  site_name: z.string(),
  point_names: z.array(z.string()),
  samples: z
    .array(sample.extend({ units: units.optional(), description: description.optional() }))
    .describe(
      "The newest sample of each point that has one, in the requested order; with units and description where the points file has the point",
    ),
  missing_points: z.array(z.string()).describe("The other points"),
  searched_from: z
    .string()
    .describe(
      "The start of a UTC day. Since then no point has a newer sample than the one here, and missing points have none. The archive was not searched before it: a sample from before it comes from D1 and may not be the newest.",
    ),
  metadata: cost.extend({ total_samples: z.number() }),
});
export type LatestAnswer = z.output<typeof latestAnswer>;

export const health = responseObject("Health", {
  status: z.literal("ok"),
  service: z.string(),
  version: z.string(),
});
export type Health = z.output<typeof health>;
