import { type BuildingOptions, REFERENCE_DAY, SHAPES } from "./building/building.ts";
import { type SimulatorOptions, type SiteOptions, settingsSchema } from "./options.ts";
import type { PresentOptions } from "./present/present.ts";

/** The command line of the simulator, as `parseArgs` takes it. */
export const FLAGS = {
  help: { type: "boolean" },
  port: { type: "string" },
  host: { type: "string" },
  sites: { type: "string" },
  csv: { type: "string", multiple: true },
  key: { type: "string" },
  preset: { type: "string" },
  points: { type: "string" },
  "samples-per-day": { type: "string" },
  shape: { type: "string" },
  "tick-seconds": { type: "string" },
  "odd-share": { type: "string" },
  "duplicate-share": { type: "string" },
  unconfigured: { type: "string" },
  silent: { type: "string" },
  seed: { type: "string" },
  "empty-days": { type: "string" },
  "first-day": { type: "string" },
  "last-day": { type: "string" },
  present: { type: "boolean" },
  "late-share": { type: "string" },
  "late-seconds": { type: "string" },
  "corrected-share": { type: "string" },
  "corrected-seconds": { type: "string" },
  "vanishing-share": { type: "string" },
  "vanishing-seconds": { type: "string" },
  "lost-points": { type: "string" },
  "lost-at": { type: "string" },
  "invalid-key": { type: "string" },
  empty: { type: "string" },
  end: { type: "string" },
  cursors: { type: "string" },
  "pages-null": { type: "boolean" },
  "requests-per-minute": { type: "string" },
  "latency-ms": { type: "string" },
  "latency-jitter-ms": { type: "string" },
  prerender: { type: "string" },
} as const;

export type FlagValues = {
  readonly [Name in keyof typeof FLAGS]?:
    | (Name extends "help" | "pages-null" | "present" ? boolean : Name extends "csv" ? string[] : string)
    | undefined;
};

export function flagsHelp(): string {
  return `npm run -s simulator -- --sites a,b [flags]

Sites:
  --sites a,b              made-up buildings with these names
  --csv site=a.csv,b.csv   a site of files with a time and a value in each line; may be repeated
  --preset reference       a day of 3,741,234 plain samples from 4,583 points
  --points N               points with data per site (200)
  --samples-per-day N      rows of every day (100 per point)
  --shape S                bursts: thousands of rows share a timestamp; scattered: every row has its own, points in no
                           order; changes: so too, few points report often, float32 values, long names (bursts)
  --tick-seconds N         seconds between bursts of rows
  --odd-share X            share of rows that are not plain readings (0.001)
  --duplicate-share X      share of rows that repeat a point within a millisecond (0.001)
  --unconfigured N         points with data that are not in configured_points (1%)
  --silent N               configured points without data (10%)
  --seed N                 another seed gives other samples (1)
  --empty-days D,D         days without rows
  --first-day D            no rows before this day
  --last-day D             no rows after this day

A present (the other flags of this group turn it on, too):
  --present                rows appear as time passes; some late, some corrected, some vanish
  --late-share X           share of rows that appear late (0.02)
  --late-seconds A-B       how late, seconds or hours equally often (5-7200)
  --corrected-share X      share of rows with a wrong value at first (0.005)
  --corrected-seconds A-B  when they are corrected, after their time (30-14400)
  --vanishing-share X      share of rows that vanish (0.001)
  --vanishing-seconds A-B  when they vanish, after their time (30-14400)
  --lost-points N          configured points that stop reporting and lose their configuration (0)
  --lost-at T              when, as 2026-08-07T12:00:00Z

API:
  --key KEY                the valid API key (test-key)
  --port N                 0 takes any free port (0)
  --host H                 address to listen on (127.0.0.1)
  --invalid-key 401|500    status for a wrong key (401)
  --empty ok|not-found     response for a window without rows: 200 or 404 (ok)
  --end inclusive|exclusive
                           whether a window includes rows at end_time (inclusive)
  --cursors vendor|correct|opaque
                           next_cursor as the live service computes it, without its fault, or unreadable (vendor)
  --pages-null             "pages": null in the points lists
  --requests-per-minute N  rate limit per key (none)
  --latency-ms N           delay of every response (0)
  --latency-jitter-ms N    random additional delay (0)
  --prerender D,D          render these days before listening, so that their pages cost almost nothing
`;
}

/** The options of the flags, which override a preset. Throws `RangeError` and `ZodError` for invalid values. */
export function optionsFrom(flags: FlagValues): SimulatorOptions {
  const settings = {
    key: flags.key,
    invalidKey: numberOf(flags, "invalid-key"),
    empty: flags.empty,
    end: flags.end,
    cursors: flags.cursors,
    pagesNull: flags["pages-null"],
    requestsPerMinute: numberOf(flags, "requests-per-minute"),
    latency: {
      ms: numberOf(flags, "latency-ms"),
      jitterMs: numberOf(flags, "latency-jitter-ms"),
      seed: numberOf(flags, "seed"),
    },
  };
  const common = {
    port: numberOf(flags, "port"),
    host: flags.host,
    pointsPerSite: numberOf(flags, "points"),
    samplesPerDay: numberOf(flags, "samples-per-day"),
    shape: shapeOf(flags.shape),
    tickSeconds: numberOf(flags, "tick-seconds"),
    oddShare: numberOf(flags, "odd-share"),
    duplicateShare: numberOf(flags, "duplicate-share"),
    unconfigured: numberOf(flags, "unconfigured"),
    silent: numberOf(flags, "silent"),
    seed: numberOf(flags, "seed"),
    emptyDays: flags["empty-days"]?.split(","),
    firstDay: flags["first-day"],
    lastDay: flags["last-day"],
    present: presentFrom(flags),
  };
  const buildings = flags.sites?.split(",") ?? [];
  const sites = [...buildings, ...(flags.csv ?? []).map(csvSiteOf)];
  if (sites.length === 0) throw new RangeError("no sites: pass --sites or --csv");
  return { ...presetOf(flags.preset), ...definedFields(common), ...settingsSchema.parse(settings), sites };
}

/** undefined where no flag turns a present on. */
function presentFrom(flags: FlagValues): PresentOptions | undefined {
  const change = (name: "late" | "corrected" | "vanishing") => {
    const { from, to } = secondsOf(flags, `${name}-seconds`) ?? {};
    return definedFields({ share: numberOf(flags, `${name}-share`), msMin: from, msMax: to });
  };
  const points = numberOf(flags, "lost-points");
  const at = flags["lost-at"];
  if ((points === undefined) !== (at === undefined))
    throw new RangeError("--lost-points and --lost-at belong together");
  const lost = points === undefined || at === undefined ? undefined : { points, at };
  const changes = { late: change("late"), corrected: change("corrected"), vanishing: change("vanishing") };
  const isChanged = Object.values(changes).some((fields) => Object.keys(fields).length > 0);
  if (flags.present !== true && !isChanged && !lost) return undefined;
  return { ...changes, ...definedFields({ lost }) };
}

/** A range of seconds, such as 5-7200, in milliseconds. */
function secondsOf(flags: FlagValues, name: keyof FlagValues) {
  const text = flags[name];
  if (typeof text !== "string") return undefined;
  const [, from, to] = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (from === undefined || to === undefined)
    throw new RangeError(`--${name} ${text} is not a range of seconds, such as 5-7200`);
  return { from: Number(from) * 1000, to: Number(to) * 1000 };
}

function presetOf(name: string | undefined): Partial<BuildingOptions> {
  if (name === undefined) return {};
  if (name === "reference") return REFERENCE_DAY;
  throw new RangeError(`--preset ${name} is not a preset; the only one is "reference"`);
}

function shapeOf(name: string | undefined) {
  const shape = SHAPES.find((each) => each === name);
  if (name !== undefined && !shape) throw new RangeError(`--shape ${name} is none of ${SHAPES.join(", ")}`);
  return shape;
}

function csvSiteOf(flag: string): SiteOptions {
  const [name = "", paths = ""] = flag.split("=");
  return { name, csv: paths.split(",").map((path) => ({ path })) };
}

function numberOf(flags: FlagValues, name: keyof FlagValues): number | undefined {
  const text = flags[name];
  if (typeof text !== "string") return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw new RangeError(`--${name} ${text} is not a number`);
  return value;
}

/** Only the fields that are set, because a flag that was not given must not override a preset. */
function definedFields<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
