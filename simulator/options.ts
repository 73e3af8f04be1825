import { readFileSync } from "node:fs";
import { z } from "zod";
import { parseUtcDay, type UtcDay } from "../src/domain/day.ts";
import { parseSiteName } from "../src/domain/site.ts";
import {
  type BuildingOptions,
  building,
  csvSite,
  type SiteData,
  withEmptyDays,
  withRecentDays,
} from "./building/building.ts";
import { type PresentOptions, withPresent } from "./present/present.ts";

/** How the simulated API behaves; can be changed while it runs. */
export const settingsSchema = z.strictObject({
  /** The only valid API key. */
  key: z.string().min(1).default("test-key"),
  /** The status for any other key. */
  invalidKey: z.union([z.literal(401), z.literal(500)]).default(401),
  /** The response for a window without rows: 200 with an empty list, or 404. */
  empty: z.enum(["ok", "not-found"]).default("ok"),
  /** Whether a window includes rows at `end_time` itself. */
  end: z.enum(["inclusive", "exclusive"]).default("inclusive"),
  cursors: z.enum(["vendor", "correct", "opaque"]).default("vendor"),
  /** Sends `pages: null` in the points lists. */
  pagesNull: z.boolean().default(false),
  /** The API's limit per key in any sliding minute; null for no limit. */
  requestsPerMinute: z.number().int().positive().nullable().default(null),
  /** Every response is delayed by `ms` plus up to `jitterMs`. */
  latency: z
    .strictObject({
      ms: z.number().min(0).default(0),
      jitterMs: z.number().min(0).default(0),
      seed: z.number().int().default(0),
    })
    .default({ ms: 0, jitterMs: 0, seed: 0 }),
});

export type Settings = z.output<typeof settingsSchema>;

/** The settings among the options. Throws `ZodError` for an invalid setting. */
export function settingsOf(options: SimulatorOptions): Settings {
  const fields = Object.keys(settingsSchema.shape);
  return settingsSchema.parse(
    Object.fromEntries(Object.entries(options).filter(([name]) => fields.includes(name))),
  );
}

/** The settings with some fields changed. Throws `ZodError` for an invalid change. */
export function changedSettings(settings: Settings, change: unknown): Settings {
  const fields = z.record(z.string(), z.unknown()).parse(change);
  return settingsSchema.parse({ ...settings, ...fields });
}

/** A site: a made-up building, or CSV files. Its options override the common ones. */
export interface SiteOptions extends Partial<BuildingOptions> {
  readonly name: string;
  /** Files with a time and a value in each line; with them the building options are ignored. */
  readonly csv?: readonly { readonly path: string; readonly name?: string }[];
  /** Days without any row. */
  readonly emptyDays?: readonly string[];
  /** Days outside [firstDay, lastDay] are empty. */
  readonly firstDay?: string;
  readonly lastDay?: string;
  /** Rows appear as time passes, and some change; true for the defaults. Without it all rows are there at all times. */
  readonly present?: PresentOptions | boolean;
}

export interface SimulatorOptions
  extends Partial<z.input<typeof settingsSchema>>,
    Partial<BuildingOptions>,
    Pick<SiteOptions, "emptyDays" | "firstDay" | "lastDay" | "present"> {
  readonly sites: readonly (string | SiteOptions)[];
  /** Default: 0, any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Milliseconds since the epoch; must not run backwards. */
  readonly now?: () => number;
}

/** The sites that the options describe. Throws `RangeError` for an invalid name, day or size. */
export function openSites(options: SimulatorOptions): Map<string, SiteData> {
  return new Map(
    options.sites.map((site) => {
      const own = typeof site === "string" ? { name: site } : site;
      return [own.name, openSite({ ...options, ...own })];
    }),
  );
}

function openSite(options: SiteOptions): SiteData {
  const site = parseSiteName(options.name);
  if (!site) throw new RangeError(`not a site name: ${options.name}`);
  const files = options.csv?.map((file) => ({ ...file, text: readFileSync(file.path, "utf8") }));
  const data = files ? csvSite(site, files) : building(site, buildingOptions(options));
  const emptyDays = new Set(options.emptyDays?.map(dayOf));
  const firstDay = options.firstDay === undefined ? undefined : dayOf(options.firstDay);
  const lastDay = options.lastDay === undefined ? undefined : dayOf(options.lastDay);
  const isEmpty = (day: UtcDay) =>
    emptyDays.has(day) ||
    (firstDay !== undefined && day < firstDay) ||
    (lastDay !== undefined && day > lastDay);
  const whole = withRecentDays(withEmptyDays(data, isEmpty));
  const { present = false, seed = SEED } = options;
  return present === false ? whole : withPresent(whole, present === true ? {} : present, seed);
}

const SEED = 1;

/** A small building by default; tests state the size that they need. */
function buildingOptions(options: Partial<BuildingOptions>): BuildingOptions {
  const points = options.pointsPerSite ?? 200;
  return {
    pointsPerSite: points,
    samplesPerDay: options.samplesPerDay ?? points * 100,
    oddShare: options.oddShare ?? 0.001,
    duplicateShare: options.duplicateShare ?? 0.001,
    unconfigured: options.unconfigured ?? Math.floor(points * 0.01),
    silent: options.silent ?? Math.floor(points * 0.1),
    shape: options.shape,
    tickSeconds: options.tickSeconds,
    seed: options.seed ?? SEED,
  };
}

function dayOf(text: string): UtcDay {
  const day = parseUtcDay(text);
  if (!day) throw new RangeError(`not a day: ${text}`);
  return day;
}
