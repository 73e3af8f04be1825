/**
 * Prices of Workers Paid as Cloudflare published them in November 2026, on the pages "Pricing" of Workers, Durable Objects,
 * R2, KV and D1. The plan itself is $5 a month; what it includes is an account's, for all sites together.
 */

/** What is billed, in the unit of its price. */
export interface Price {
  readonly item: string;
  readonly unit: string;
  readonly dollarsAUnit: number;
  /** Units a month that the plan includes. */
  readonly included: number;
  /** The page of the price. */
  readonly source: "Workers" | "Durable Objects" | "R2" | "KV" | "D1";
}

const price = (
  source: Price["source"],
  item: string,
  unit: string,
  dollarsAUnit: number,
  included: number,
): Price => ({ source, item, unit, dollarsAUnit, included });

export const PRICES = {
  workerRequests: price("Workers", "Worker requests", "million", 0.3, 10),
  workerCpu: price("Workers", "Worker CPU", "million ms", 0.02, 30),
  objectRequests: price("Durable Objects", "Durable Object requests", "million", 0.15, 1),
  objectDuration: price("Durable Objects", "Durable Object duration", "million GB-s", 12.5, 0.4),
  objectRowsRead: price("Durable Objects", "SQLite rows read", "million", 0.001, 25_000),
  objectRowsWritten: price("Durable Objects", "SQLite rows written", "million", 1, 50),
  r2ClassA: price("R2", "R2 class A operations", "million", 4.5, 1),
  r2ClassB: price("R2", "R2 class B operations", "million", 0.36, 10),
  r2Storage: price("R2", "R2 storage", "GB-month", 0.015, 10),
  kvWrites: price("KV", "KV writes", "million", 5, 1),
  d1RowsRead: price("D1", "D1 rows read", "million", 0.001, 25_000),
  d1RowsWritten: price("D1", "D1 rows written", "million", 1, 50),
  d1Storage: price("D1", "D1 storage", "GB-month", 0.75, 5),
} as const satisfies Record<string, Price>;

/** Units of each item; an item that is not named is not used. */
export type Usage = { readonly [Item in keyof typeof PRICES]?: number };

/** The items that are used, with their price and number of units. */
export function pricedItems(usage: Usage): (Price & { readonly units: number })[] {
  return Object.entries(PRICES).flatMap(([item, each]) => {
    const units = usage[item as keyof Usage];
    return units === undefined ? [] : [{ ...each, units }];
  });
}

/** Dollars without what the plan includes. */
export const dollarsOf = ({ units, dollarsAUnit }: Pick<Price, "dollarsAUnit"> & { units: number }) =>
  units * dollarsAUnit;

export const MILLION = 1e6;
export const GB = 1e9;
/** An object is billed for 128 MB, whatever it uses. */
export const OBJECT_GB = 0.128;
