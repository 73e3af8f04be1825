import { type BuildingOptions, REFERENCE_DAY } from "./building/building.ts";
import { type SimulatorOptions, type SiteOptions, settingsSchema } from "./options.ts";

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
  "tick-seconds": { type: "string" },
  "odd-share": { type: "string" },
  "duplicate-share": { type: "string" },
  unconfigured: { type: "string" },
  silent: { type: "string" },
  seed: { type: "string" },
  "empty-days": { type: "string" },
  "first-day": { type: "string" },
  "last-day": { type: "string" },
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
    | (Name extends "help" | "pages-null" ? boolean : Name extends "csv" ? string[] : string)
    | undefined;
};

export function flagsHelp(): string {
  return `node simulator/main.ts --sites a,b [flags]

  --sites a,b              made-up buildings
  --csv site=a.csv,b.csv   a site of files with timestamp,value; may be repeated
  --key KEY                the key that is let in (test-key)
  --port N --host H        0 takes a free port (0, 127.0.0.1)
  --preset reference       a day of 3,741,234 plain samples from 4,583 points
  --points N --samples-per-day N --tick-seconds N --seed N
  --odd-share X --duplicate-share X --unconfigured N --silent N
  --empty-days D,D --first-day D --last-day D
  --invalid-key 401|500    the answer to a wrong key
  --empty ok|not-found     the answer to a window without rows
  --end inclusive|exclusive
  --cursors vendor|correct|opaque
  --pages-null
  --requests-per-minute N  the API's own limit a key
  --latency-ms N --latency-jitter-ms N
  --prerender D,D          keep these days as bytes before serving
`;
}

/** Options from flags, which go over a preset. Throws `RangeError` and `ZodError` for values that can't be. */
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
    tickSeconds: numberOf(flags, "tick-seconds"),
    oddShare: numberOf(flags, "odd-share"),
    duplicateShare: numberOf(flags, "duplicate-share"),
    unconfigured: numberOf(flags, "unconfigured"),
    silent: numberOf(flags, "silent"),
    seed: numberOf(flags, "seed"),
    emptyDays: flags["empty-days"]?.split(","),
    firstDay: flags["first-day"],
    lastDay: flags["last-day"],
  };
  const buildings = flags.sites?.split(",") ?? [];
  const sites = [...buildings, ...(flags.csv ?? []).map(csvSiteOf)];
  if (sites.length === 0) throw new RangeError("no sites: give --sites or --csv");
  return { ...presetOf(flags.preset), ...given(common), ...settingsSchema.parse(settings), sites };
}

function presetOf(name: string | undefined): Partial<BuildingOptions> {
  if (name === undefined) return {};
  if (name === "reference") return REFERENCE_DAY;
  throw new RangeError(`--preset ${name}: not a preset`);
}

function csvSiteOf(flag: string): SiteOptions {
  const [name = "", paths = ""] = flag.split("=");
  return { name, csv: paths.split(",").map((path) => ({ path })) };
}

function numberOf(flags: FlagValues, name: keyof FlagValues): number | undefined {
  const text = flags[name];
  if (typeof text !== "string") return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new RangeError(`--${name} ${text}: not a number`);
  return value;
}

/** Only the fields that are there: an absent flag must not cover a preset. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
