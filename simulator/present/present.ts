import { type EpochMs, utcDayOf } from "../../src/domain/day.ts";
import {
  type Burst,
  type DayTable,
  emptyDay,
  type JsonToken,
  type ListedPoint,
  type Present,
  type SiteData,
} from "../building/building.ts";
import { mix, seedOf } from "../chance.ts";
import { parseInstant } from "../naive-time.ts";
import { type Change, type Changes, type Fate, fatesAt, shownAt } from "./fates.ts";

/** Sites whose samples appear as time passes. The door of this folder. */
export type { Change };

/** What differs from the defaults. */
export interface PresentOptions {
  readonly late?: Partial<Change>;
  readonly corrected?: Partial<Change>;
  readonly vanishing?: Partial<Change>;
  /** So many points stop reporting at `at`, and are not configured from then on. Their old samples stay. */
  readonly lost?: { readonly points: number; readonly at: string };
}

const SECOND = 1_000;
const HOUR = 3_600_000;
const LATE: Change = { share: 0.02, msMin: 5 * SECOND, msMax: 2 * HOUR };
const CORRECTED: Change = { share: 0.005, msMin: 30 * SECOND, msMax: 4 * HOUR };
const VANISHING: Change = { share: 0.001, msMin: 30 * SECOND, msMax: 4 * HOUR };

/**
 * The site with a present: a row is shown once its time has passed, and some rows appear late, are corrected or vanish.
 * All of it depends on seed, site, point, time and the time of the request alone. Throws `RangeError` for options that
 * contradict each other.
 */
export function withPresent(data: SiteData, options: PresentOptions, seed: number): SiteData {
  const changes = changesOf(options);
  const own = seedOf(data.site, mix(seed, 0x9e5));
  const lost = lostPoints(data, options.lost, own);
  return { ...data, present: presentOf(changes, lost, own) };
}

interface LostPoints {
  readonly indices: ReadonlySet<number>;
  readonly at: EpochMs;
}

/** Rows of a burst that are not simply shown from their time on. */
interface Unsteady {
  readonly rows: Uint32Array;
  readonly points: Uint32Array;
}

/** Shared, because a site may have a burst for each of millions of rows. */
const STEADY: Unsteady = { rows: new Uint32Array(0), points: new Uint32Array(0) };

function presentOf(changes: Changes, lost: LostPoints, seed: number): Present {
  const known = new WeakMap<DayTable, Unsteady[]>();
  const relisted = new WeakMap<readonly ListedPoint[], readonly ListedPoint[]>();

  // Drawn once a burst: pages count the rows of their bursts again and again.
  const unsteadyIn = (table: DayTable, burst: number): Unsteady => {
    const ofTable = known.get(table) ?? [];
    known.set(table, ofTable);
    ofTable[burst] ??= findUnsteady(table, burst);
    return ofTable[burst];
  };
  const findUnsteady = (table: DayTable, burst: number): Unsteady => {
    const micros = table.micros[burst] ?? 0;
    const fateOf = fatesAt(changes, seed, micros);
    const { points } = table.draw(burst);
    const rows: number[] = [];
    for (let row = 0; row < points.length; row++) {
      const point = points[row] ?? 0;
      if (fateOf(point) !== undefined || isLost(point, micros)) rows.push(row);
    }
    if (rows.length === 0) return STEADY;
    return { rows: Uint32Array.from(rows), points: Uint32Array.from(rows, (row) => points[row] ?? 0) };
  };
  const isLost = (point: number, micros: number) => lost.indices.has(point) && micros >= lost.at * 1000;

  const shown = (point: number, micros: number, fate: Fate | undefined, now: EpochMs) =>
    isLost(point, micros) ? "nothing" : fate === undefined ? "value" : shownAt(fate, now);

  /** The rows of a burst that differ from the whole site's, in order, with what is shown of them. */
  const differing = (table: DayTable, burst: number, now: EpochMs) => {
    const micros = table.micros[burst] ?? 0;
    const fateOf = fatesAt(changes, seed, micros);
    const { rows, points } = unsteadyIn(table, burst);
    const found: { row: number; isHidden: boolean }[] = [];
    for (let at = 0; at < rows.length; at++) {
      const point = points[at] ?? 0;
      const what = shown(point, micros, fateOf(point), now);
      if (what !== "value") found.push({ row: rows[at] ?? 0, isHidden: what === "nothing" });
    }
    return found;
  };

  const tableAt = (table: DayTable, now: EpochMs): DayTable => ({
    day: table.day,
    micros: table.micros.subarray(0, countUntil(table.micros, now * 1000)),
    rowsIn: (burst) =>
      table.rowsIn(burst) - differing(table, burst, now).filter(({ isHidden }) => isHidden).length,
    draw: (burst) => drawn(table.draw(burst), differing(table, burst, now)),
  });

  const listedAt = (whole: SiteData, now: EpochMs): readonly ListedPoint[] => {
    if (lost.indices.size === 0 || now < lost.at) return whole.listed;
    const names = new Set(Array.from(lost.indices, (index) => whole.names[index]));
    const listed =
      relisted.get(whole.listed) ??
      whole.listed.map((point) => (names.has(point.name) ? { ...point, configured: false } : point));
    relisted.set(whole.listed, listed);
    return listed;
  };

  return {
    at: (whole, now) => ({
      ...whole,
      listed: listedAt(whole, now),
      day: (day) => (day > utcDayOf(now) ? emptyDay(day) : tableAt(whole.day(day), now)),
    }),
    lastChange(table, burst) {
      const micros = table.micros[burst] ?? 0;
      const fateOf = fatesAt(changes, seed, micros);
      const ats = Array.from(unsteadyIn(table, burst).points, (point) => fateOf(point)?.at ?? 0);
      return ats.reduce((latest, at) => Math.max(latest, at), micros / 1000);
    },
  };
}

/** A burst without its hidden rows, and with wrong values where they are shown. */
function drawn(burst: Burst, differing: readonly { row: number; isHidden: boolean }[]): Burst {
  if (differing.length === 0) return burst;
  const isHidden = new Uint8Array(burst.tokens.length);
  const tokens = [...burst.tokens];
  for (const each of differing) {
    if (each.isHidden) isHidden[each.row] = 1;
    else tokens[each.row] = wrongToken(tokens[each.row] ?? "null", each.row);
  }
  const isShown = (_: unknown, row: number) => isHidden[row] === 0;
  return { points: burst.points.filter(isShown), tokens: tokens.filter(isShown) };
}

/** Values that controllers report while a sensor fails. */
const WRONG: readonly JsonToken[] = ['"-32"', '"-97.5"', '"4080"'];

function wrongToken(token: JsonToken, row: number): JsonToken {
  const wrong = WRONG[row % WRONG.length] ?? '"-32"';
  return wrong === token ? '"-97.25"' : wrong;
}

/** How many of the ascending times are at or before `micros`. */
function countUntil(ascending: Float64Array, micros: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) <= micros) low = middle + 1;
    else high = middle;
  }
  return low;
}

function changesOf({ late, corrected, vanishing }: PresentOptions): Changes {
  const changes = {
    late: { ...LATE, ...late },
    corrected: { ...CORRECTED, ...corrected },
    vanishing: { ...VANISHING, ...vanishing },
  };
  const all = Object.entries(changes);
  for (const [name, { share, msMin, msMax }] of all) {
    if (!(share >= 0 && share <= 1))
      throw new RangeError(`${name}: the share ${share} is not between 0 and 1`);
    if (!(msMin > 0 && msMax >= msMin))
      throw new RangeError(`${name}: ${msMin} to ${msMax} ms is no range of times above 0`);
  }
  const sum = all.reduce((total, [, { share }]) => total + share, 0);
  if (sum > 1) throw new RangeError("the shares of late, corrected and vanishing rows exceed 1");
  return changes;
}

/** The configured points with data that a site loses; which ones depends on the seed. */
function lostPoints(data: SiteData, options: PresentOptions["lost"], seed: number): LostPoints {
  if (options === undefined) return { indices: new Set(), at: Number.POSITIVE_INFINITY };
  const at = parseInstant(options.at);
  if (at === undefined) throw new RangeError(`lost: ${options.at} is not a time in ISO 8601 with Z`);
  const configured = new Set(data.listed.flatMap((point) => (point.configured ? [point.name] : [])));
  const indices = Array.from(data.names.keys())
    .filter((index) => configured.has(data.names[index] ?? ""))
    .toSorted((a, b) => mix(seed, a) - mix(seed, b));
  if (!(options.points <= indices.length))
    throw new RangeError(`lost: the site has only ${indices.length} configured points with data`);
  return { indices: new Set(indices.slice(0, options.points)), at: at / 1000 };
}
