import type { ServedRow } from "../../simulator/building/building.ts";
import type { Simulation } from "../../simulator/server/simulation.ts";
import { referenceValue } from "./value.ts";

/** A row of an archived file. */
export interface Row {
  readonly timestamp: number;
  readonly point_name: string;
  readonly value: number;
  readonly site_name: string;
}

/** The rows that the archive of a day must have, and the counts of its other rows. */
export interface Truth {
  readonly rows: readonly Row[];
  readonly fetched: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly unconfigured: number;
  readonly duplicates: number;
}

/** The settings that the rows of a file depend on. */
export interface Rules {
  /** Words that mean numbers, in lower case, beside those that are built in. */
  readonly words?: Readonly<Record<string, number>>;
  /** Points that are not configured are kept. */
  readonly allPoints?: boolean;
}

/**
 * A second, slow and simple implementation of the rules for samples. It uses nothing of `src`, so that tests compare
 * the Worker with the specification.
 */
export function truthOf(
  sim: Pick<Simulation, "configured" | "truth">,
  site: string,
  day: string,
  rules: Rules = {},
): Truth {
  return truthOfRows(sim.truth(site, day), new Set(sim.configured(site)), site, rules);
}

/** The same for any rows of a site. */
export function truthOfRows(
  served: Iterable<ServedRow>,
  configured: ReadonlySet<string>,
  site: string,
  { words = {}, allPoints = false }: Rules = {},
): Truth {
  const best = new Map<string, { micros: number; row: Row }>();
  const rejected: Record<string, number> = {};
  let fetched = 0;
  let unconfigured = 0;
  let duplicates = 0;
  for (const { name, value, micros } of served) {
    fetched += 1;
    const number = referenceValue(value, words);
    if (!allPoints && !configured.has(name)) unconfigured += 1;
    else if (typeof number === "string") rejected[number] = (rejected[number] ?? 0) + 1;
    else {
      const row = { timestamp: Math.floor(micros / 1000), point_name: name, value: number, site_name: site };
      const key = `${row.timestamp} ${name}`;
      const held = best.get(key);
      if (held) duplicates += 1;
      if (!held || micros > held.micros || (micros === held.micros && above(number, held.row.value))) {
        best.set(key, { micros, row });
      }
    }
  }
  const rows = [...best.values()].map(({ row }) => row).sort(byPointThenTime);
  return { rows, fetched, rejected, unconfigured, duplicates };
}

function above(a: number, b: number): boolean {
  return a > b || (a === 0 && Object.is(b, -0) && !Object.is(a, -0));
}

function byPointThenTime(a: Row, b: Row): number {
  return Buffer.compare(Buffer.from(a.point_name), Buffer.from(b.point_name)) || a.timestamp - b.timestamp;
}

/** Rows as text, one a line: thousands are compared at once, and -0 is not 0. */
export function lines(rows: readonly Row[]): string[] {
  return rows.map(({ timestamp, point_name, value, site_name }) => {
    const number = Object.is(value, -0) ? "-0" : String(value);
    return `${point_name} ${timestamp} ${number} ${site_name}`;
  });
}
