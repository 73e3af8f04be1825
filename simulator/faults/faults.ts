import { z } from "zod";
import type { EpochMicros } from "../../src/domain/day.ts";
import { chance } from "../chance.ts";
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
  }),
  /** Without `share` not even the status line comes; with it, that share of the answer, then nothing. */
  z.strictObject({ do: z.literal("hang"), share: share.optional() }),
  z.strictObject({ do: z.literal("reset"), share: share.default(0.5) }),
  /** A complete 200 whose JSON ends early. */
  z.strictObject({ do: z.literal("truncate"), share: share.default(0.5) }),
  /** A complete 200 whose JSON is no JSON. */
  z.strictObject({ do: z.literal("malform") }),
  z.strictObject({ do: z.literal("delay"), ms: z.number().min(0) }),
  /** An empty page with a cursor to the same place and `has_more: true`. */
  z.strictObject({ do: z.literal("hollow") }),
  /** The previous page of this walk once more, cursor and all. */
  z.strictObject({ do: z.literal("repeat") }),
  /** Rows inside each timestamp in another order for each request. */
  z.strictObject({ do: z.literal("shuffle") }),
  z.strictObject({ do: z.literal("content-type"), contentType: z.string() }),
  z.strictObject({ do: z.literal("redirect"), location: z.string(), status: z.number().int().default(302) }),
  /** Valid JSON, blown up with blanks to at least this many bytes. */
  z.strictObject({ do: z.literal("bloat"), bytes: z.number().int().positive() }),
]);

const instant = z.string().refine((text) => parseInstant(text) !== undefined, "not ISO 8601 with Z");

/** What goes wrong, and when. Every condition that is given must hold. */
export const faultSchema = z.strictObject({
  on: z.enum(["points", "samples", "any"]).default("any"),
  site: z.string().optional(),
  /** Requests whose window's middle lies in this day: the day asked for, with or without a margin. */
  day: z.iso.date().optional(),
  /** Requests whose window overlaps [from, to). */
  from: instant.optional(),
  to: instant.optional(),
  pageSizeMin: z.number().optional(),
  pageSizeMax: z.number().optional(),
  /** Matching requests that pass unharmed first: `skip: 2, times: 1` strikes the third. */
  skip: z.number().int().min(0).default(0),
  /** How often it strikes; without limit when absent. */
  times: z.number().int().positive().optional(),
  probability: share.default(1),
  seed: z.number().int().default(0),
  effect,
});

export type Fault = z.output<typeof faultSchema>;
/** A fault as tests write it, defaults left out. */
export type FaultInput = z.input<typeof faultSchema>;
export type Effect = Fault["effect"];

/** What a fault can tell requests apart by. */
export interface RequestFacts {
  readonly kind: "points" | "samples" | "other";
  readonly site: string | undefined;
  readonly pageSize: number | undefined;
  readonly window: { readonly fromMicros: EpochMicros; readonly toMicros: EpochMicros } | undefined;
}

export interface FaultReport {
  readonly id: number;
  readonly fault: Fault;
  readonly matched: number;
  readonly struck: number;
}

/** The faults in force. */
export interface FaultDesk {
  /** Throws `ZodError` where the fault is none. */
  add(fault: FaultInput): number;
  /** Takes one fault away, or all of them. */
  clear(id?: number): void;
  list(): FaultReport[];
  /** The effects that strike this request; counts it. */
  strike(facts: RequestFacts): Effect[];
}

export function createFaultDesk(): FaultDesk {
  const standing = new Map<number, { fault: Fault; matched: number; struck: number }>();
  let lastId = 0;
  return {
    add(fault) {
      standing.set(++lastId, { fault: faultSchema.parse(fault), matched: 0, struck: 0 });
      return lastId;
    },
    clear(id) {
      if (id === undefined) standing.clear();
      else standing.delete(id);
    },
    list: () => [...standing].map(([id, entry]) => ({ id, ...entry })),
    strike(facts) {
      const effects: Effect[] = [];
      for (const entry of standing.values()) {
        const { fault } = entry;
        if (!matches(fault, facts)) continue;
        const turn = entry.matched++ - fault.skip;
        const spent = fault.times !== undefined && entry.struck >= fault.times;
        if (turn < 0 || spent || chance(fault.seed, turn) >= fault.probability) continue;
        entry.struck++;
        effects.push(fault.effect);
      }
      return effects;
    },
  };
}

function matches(fault: Fault, facts: RequestFacts): boolean {
  if (fault.on === "any" ? facts.kind === "other" : fault.on !== facts.kind) return false;
  if (fault.site !== undefined && fault.site !== facts.site) return false;
  if (fault.pageSizeMin !== undefined && !((facts.pageSize ?? 0) >= fault.pageSizeMin)) return false;
  if (fault.pageSizeMax !== undefined && !((facts.pageSize ?? 0) <= fault.pageSizeMax)) return false;
  return withinTime(fault, facts.window);
}

function withinTime(fault: Fault, window: RequestFacts["window"]): boolean {
  if (fault.day === undefined && fault.from === undefined && fault.to === undefined) return true;
  if (!window) return false;
  if (fault.day !== undefined) {
    const middle = (window.fromMicros + window.toMicros) / 2;
    if (new Date(middle / 1000).toISOString().slice(0, 10) !== fault.day) return false;
  }
  const from = fault.from === undefined ? undefined : parseInstant(fault.from);
  const to = fault.to === undefined ? undefined : parseInstant(fault.to);
  return !(from !== undefined && window.toMicros <= from) && !(to !== undefined && window.fromMicros >= to);
}
