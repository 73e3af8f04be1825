import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { DayView, Status } from "../../src/contract/backfill.ts";
import type { UtcDay } from "../../src/domain/day.ts";
import { readWithDuckdb } from "../reference/duckdb.ts";
import { lines, type Truth, truthOf } from "../reference/truth.ts";
import { eventually, keyOf, type World } from "../system/fixture.ts";
import type { ApiData } from "./api-data.ts";

/** A day that must be in R2, and the data from which it was last fetched. */
export interface ExpectedDay {
  readonly site: string;
  readonly day: UtcDay;
  readonly seed: number;
}

/** The result of a check: each difference as a sentence. */
export interface Verdict {
  readonly differences: readonly string[];
  readonly samples: number;
}

/** Compares objects, read by DuckDB, with what the API served, and `views` of the Worker with both. */
export async function checkObjects(
  world: World,
  api: ApiData,
  expected: readonly ExpectedDay[],
  views?: readonly DayView[],
): Promise<Verdict> {
  const differences: string[] = [];
  let samples = 0;
  for (const { site, day, seed } of expected) {
    const bytes = await (await world.state()).bytes(keyOf(site, day));
    if (!bytes) {
      differences.push(`${site} ${day}: R2 has no object`);
      continue;
    }
    const truth = truthOf(api.under(seed), site, day);
    const found = firstDifference(lines(await readWithDuckdb(bytes)), lines(truth.rows));
    const wrong = found ? [`its object differs from the API's data: ${found}`] : [];
    if (views) {
      const view = views.find((each) => each.site === site && each.date === day);
      wrong.push(...contradictions(view, truth, bytes));
    }
    differences.push(...wrong.map((what) => `${site} ${day}: ${what}`));
    samples += truth.rows.length;
  }
  return { differences, samples };
}

function firstDifference(stored: readonly string[], served: readonly string[]): string | undefined {
  const at = served.findIndex((line, index) => line !== stored[index]);
  if (at < 0 && stored.length === served.length) return undefined;
  const row = at < 0 ? served.length : at;
  return `${stored.length} rows for ${served.length}; row ${row} is "${stored[row]}" for "${served[row]}"`;
}

/** Differences between a day in the calendar and its object, and a violated evidence equation. */
function contradictions(view: DayView | undefined, truth: Truth, bytes: Uint8Array): string[] {
  const evidence = view?.evidence;
  if (!view || !evidence || view.status !== "completed") return [`the calendar has ${JSON.stringify(view)}`];
  const { written, outside, unconfigured, duplicates, fetched } = evidence;
  const rejected = sum(evidence.rejected);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return unequal([
    [
      "the evidence's sum",
      written + rejected + outside + unconfigured + duplicates,
      fetched + (evidence.from_hot ?? 0),
    ],
    ["rows written", written, truth.rows.length],
    ["records", view.records, truth.rows.length],
    ["bytes", evidence.bytes, bytes.length],
    ["SHA-256", evidence.sha256, sha256],
    // Rows of a page boundary are requested twice after a kill; none is left out.
    ["rows fetched, at least", Math.min(fetched, truth.fetched), truth.fetched],
    ["rows rejected, at least", Math.min(rejected, sum(truth.rejected)), sum(truth.rejected)],
  ]);
}

/** Checks the status of a completed range, and KV's copies of it and of every day. */
export async function checkViews(
  world: World,
  status: Status,
  expected: readonly ExpectedDay[],
  views: readonly DayView[],
): Promise<string[]> {
  const records = views.reduce((total, view) => total + (view.records ?? 0), 0);
  const wrong = unequal([
    ["the status", status.status, "completed"],
    ["the outcome", status.outcome, "success"],
    ["days_total", status.days_total, expected.length],
    ["days_completed", status.days_completed, expected.length],
    ["records_processed", status.records_processed, records],
    ["days_failed", status.days_failed, 0],
    ["the sites", status.sites.map(({ state }) => state).join(), status.sites.map(() => "completed").join()],
  ]);
  wrong.push(...(await unlikeInKv(world, "backfill:state", () => statusInKv(world))));
  for (const view of views) {
    const key = `backfill:day:${view.date}:${view.site}`;
    wrong.push(...(await unlikeInKv(world, key, async () => kvDay(view))));
  }
  return wrong;
}

/** A sentence if KV does not show the wanted value in time. */
async function unlikeInKv(world: World, key: string, wanted: () => Promise<unknown>): Promise<string[]> {
  const state = await world.state();
  const same = async () => isDeepStrictEqual(await state.kv(key), await wanted());
  try {
    await eventually(`KV shows ${key}`, same, KV_MS_MAX);
    return [];
  } catch {
    return [`KV ${key} is ${JSON.stringify(await state.kv(key))} for ${JSON.stringify(await wanted())}`];
  }
}

/** KV is written at most a few times a minute; the last value is there by then. */
const KV_MS_MAX = 30_000;

function kvDay({ status, records, r2_path, completed_at, evidence }: DayView) {
  return { status, records, r2_path, completed_at, bytes: evidence?.bytes, sha256: evidence?.sha256 };
}

function unequal(pairs: readonly (readonly [what: string, found: unknown, wanted: unknown])[]): string[] {
  return pairs.flatMap(([what, found, wanted]) =>
    Object.is(found, wanted) ? [] : [`${what}: ${found} for ${wanted}`],
  );
}

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** The status without roll-ups, which KV does not have: they are made after the job. */
async function statusInKv(world: World): Promise<unknown> {
  const status = await world.client.status();
  return { ...status, sites: status.sites.map(({ rollups: _, ...view }) => view) };
}
