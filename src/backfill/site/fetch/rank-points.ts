import type { UnlistedNames } from "../../../ace/page/page.ts";
import { POINT_NAMES_BYTES_MAX, POINTS_MAX } from "../../../domain/limits.ts";
import { countBefore, sortNames } from "../../../domain/point-name.ts";
import type { FailedRequest } from "../../../fetch/fetch.ts";
import { bucketOf, type RankedPoints, type RunBuilder } from "../../../parquet/run/run.ts";
import type { Sql } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import { getState, type StagedDay, unlistedIds } from "../ledger/ledger.ts";

/** How the points of a run are sorted: by their ids, or by ranks. */
export interface RunPoints {
  readonly points: number | RankedPoints;
  /** The rank of each id of the run. */
  readonly rankOf?: Uint32Array;
}

/** Memory of the lists below. */
const BYTES_A_POINT = 12;

/** Memory that `rankPoints` takes beside the run. */
export function rankBytes(day: StagedDay, unlisted: UnlistedNames | undefined): number {
  return unlisted && unlisted.count > 0
    ? unlisted.memoryBytes + (day.plan.pointCount + unlisted.count) * BYTES_A_POINT
    : 0;
}

/**
 * The order of a run's points. Names that are not configured get their ids of the day here, in the transaction that
 * commits the run: lanes of one day commit side by side. Undefined where the list of points is another by now.
 */
export function rankPoints(
  context: ActionContext,
  sql: Sql,
  day: StagedDay,
  run: RunBuilder,
  unlisted: UnlistedNames | undefined,
): RunPoints | FailedRequest | undefined {
  const { pointCount, pointsHash } = day.plan;
  if (!unlisted || unlisted.count === 0) return { points: pointCount };
  const loaded = getState(sql, "points");
  const configured = context.points().names;
  if ((loaded && loaded.hash !== pointsHash) || configured.length !== pointCount) return undefined;

  return (
    rankRun(run, unlisted, configured, (names) => unlistedIds(sql, day.date, names, configured)) ?? TOO_MANY
  );
}

/**
 * The order of a run that has points without configuration; undefined where `dayIdsOf` returns "too-many". It is asked
 * for the ids of the day of sorted names.
 */
export function rankRun(
  run: RunBuilder,
  unlisted: UnlistedNames,
  configured: readonly string[],
  dayIdsOf: (names: readonly string[]) => readonly number[] | "too-many",
): RunPoints | undefined {
  const pointCount = configured.length;
  const { names } = unlisted;
  const runIds = run.idsFrom(pointCount);
  const idByName = new Map(runIds.map((id) => [names[id - pointCount] ?? "", id]));
  const sorted = sortNames(idByName.keys());
  const dayIds = dayIdsOf(sorted);
  if (dayIds === "too-many") return undefined;

  const ids = new Uint32Array(pointCount + sorted.length);
  const buckets = new Uint8Array(ids.length);
  const rankOf = new Uint32Array(pointCount + names.length);
  let rank = 0;
  let next = 0;
  const add = (runId: number, dayId: number, position: number) => {
    rankOf[runId] = rank;
    ids[rank] = dayId;
    // A point that is not configured is in the bucket of the configured point that it stands before.
    buckets[rank] = pointCount === 0 ? 0 : bucketOf(Math.min(position, pointCount - 1), pointCount);
    rank += 1;
  };
  for (const [index, name] of sorted.entries()) {
    const position = countBefore(configured, name);
    for (; next < position; next += 1) add(next, next, next);
    add(idByName.get(name) ?? 0, dayIds[index] ?? 0, position);
  }
  for (; next < pointCount; next += 1) add(next, next, next);
  return { points: { ids, buckets }, rankOf };
}

export const TOO_MANY: FailedRequest = {
  kind: "protocol",
  reason: "points",
  message: `the day has samples of too many points: at most ${POINTS_MAX} points with ${POINT_NAMES_BYTES_MAX} bytes of names are allowed, configured points included`,
};
