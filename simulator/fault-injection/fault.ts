import { z } from "zod";
import { parseInstant } from "../naive-time.ts";

const share = z.number().min(0).max(1);

const retryAfter = z.discriminatedUnion("form", [
  z.strictObject({ form: z.literal("seconds"), seconds: z.number() }),
  /** An HTTP date this many seconds ahead (or, below zero, past). */
  z.strictObject({ form: z.literal("date"), seconds: z.number() }),
  z.strictObject({ form: z.literal("absent") }),
  z.strictObject({ form: z.literal("text"), text: z.string() }),
]);

const effect = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("throttle"), retryAfter }),
  z.strictObject({
    do: z.literal("status"),
    status: z.number().int().min(200).max(599),
    body: z.enum(["html", "json", "nulls", "no-data", "empty"]).default("html"),
    retryAfter: retryAfter.optional(),
  }),
  /** A 400 that refuses the cursor; requests without a cursor do not meet the conditions. */
  z.strictObject({ do: z.literal("expire-cursor") }),
  /** Without `share` nothing is sent; with it, that share of the response and then nothing. */
  z.strictObject({ do: z.literal("hang"), share: share.optional() }),
  z.strictObject({ do: z.literal("reset"), share: share.default(0.5) }),
  /** A complete 200 whose JSON ends early. */
  z.strictObject({ do: z.literal("truncate"), share: share.default(0.5) }),
  /** A complete 200 whose body is not JSON. */
  z.strictObject({ do: z.literal("malform") }),
  /** Bare NaN, Infinity and -Infinity: as the value of one row in `every`, the same rows each time, and in tags of points. */
  z.strictObject({ do: z.literal("bare-numbers"), every: z.number().int().positive().default(10) }),
  /** Additional entries without a usable name at the beginning of each page of points. */
  z.strictObject({ do: z.literal("nameless-points"), count: z.number().int().positive().default(6) }),
  z.strictObject({ do: z.literal("delay"), ms: z.number().min(0) }),
  /** A page without rows, with a cursor to the same position and `has_more: true`. */
  z.strictObject({ do: z.literal("empty-page") }),
  /** The previous page of the same window again, with its cursor. */
  z.strictObject({ do: z.literal("repeat") }),
  /** The rows of each timestamp in another order for each request. */
  z.strictObject({ do: z.literal("shuffle") }),
  z.strictObject({ do: z.literal("content-type"), contentType: z.string() }),
  z.strictObject({ do: z.literal("redirect"), location: z.string(), status: z.number().int().default(302) }),
  /** Valid JSON, filled with blanks to at least this many bytes. */
  z.strictObject({ do: z.literal("bloat"), bytes: z.number().int().positive() }),
]);

const instant = z.string().refine((text) => parseInstant(text) !== undefined, "not ISO 8601 with Z");

/** An effect and its conditions. A request gets the effect when it meets every condition that is given. */
export const faultSchema = z.strictObject({
  on: z.enum(["points", "samples", "weather", "any"]).default("any"),
  site: z.string().optional(),
  /** Requests whose window has its middle in this day, so that a margin around the day does not matter. */
  day: z.iso.date().optional(),
  /** Requests whose window overlaps [from, to). */
  from: instant.optional(),
  to: instant.optional(),
  pageSizeMin: z.number().optional(),
  pageSizeMax: z.number().optional(),
  /** The number of matching requests without the effect at first: `skip: 2, times: 1` hits the third. */
  skip: z.number().int().min(0).default(0),
  /** How many requests get the effect; unlimited by default. */
  times: z.number().int().positive().optional(),
  probability: share.default(1),
  seed: z.number().int().default(0),
  effect,
});

export type Fault = z.output<typeof faultSchema>;
/** A fault without its defaults. */
export type FaultInput = z.input<typeof faultSchema>;
export type Effect = Fault["effect"];
