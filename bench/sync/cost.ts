/** What live sites cost a month, from counted operations and the published prices of Workers Paid (November 2026). */
import { tableLines } from "../../terminal/terminal.ts";

/** What one site does in a day, as counted. */
export interface SiteDay {
  readonly rowsWritten: number;
  readonly rowsRead: number;
  readonly storedBytes: number;
  readonly kvWrites: number;
  readonly requests: number;
  readonly syncs: number;
  readonly cpuSeconds: number;
  /** Wall time of the site's object at work. */
  readonly activeSeconds: number;
}

interface Price {
  readonly item: string;
  readonly unit: string;
  /** A month and site. */
  readonly count: number;
  readonly included: number;
  readonly dollarsAUnit: number;
}

const DAYS = 30;
const MILLION = 1e6;
const GB = 1e9;
/** An object stays active, and is billed, for some time after its last event. */
const IDLE_SECONDS = 10;
/** An object is billed for 128 MB, whatever it uses. */
const OBJECT_GB = 0.128;
/** A D1 database has at most this; more sites need a deployment of their own. */
const DATABASE_GB_MAX = 10;

function pricesOf(day: SiteDay, hotDays: number): Price[] {
  const month = (count: number) => (count * DAYS) / MILLION;
  const gbSeconds = (day.activeSeconds + day.syncs * IDLE_SECONDS) * OBJECT_GB;
  return [
    price("D1 rows written", "million", month(day.rowsWritten), 50, 1),
    price("D1 rows read", "million", month(day.rowsRead), 25_000, 0.001),
    price("D1 storage", "GB", (day.storedBytes * hotDays) / GB, 5, 0.75),
    price("KV writes", "million", month(day.kvWrites), 1, 5),
    // The gate and the site's backfill are called as well.
    price("Durable Object requests", "million", month(day.requests + 3 * day.syncs), 1, 0.15),
    price("Durable Object duration", "million GB-s", month(gbSeconds), 0.4, 12.5),
    price("Worker CPU", "million ms", month(day.cpuSeconds * 1_000), 30, 0.02),
  ];
}

const price = (item: string, unit: string, count: number, included: number, dollarsAUnit: number): Price => ({
  ...{ item, unit, count, included, dollarsAUnit },
});

/** Dollars beyond what the plan includes, and without that, by number of sites. */
export function costTable(day: SiteDay, hotDays: number): string[] {
  const prices = pricesOf(day, hotDays);
  const numbers = [1, 10, 100];
  const beyond = ({ count, included, dollarsAUnit }: Price, sites: number) =>
    Math.max(0, count * sites - included) * dollarsAUnit;
  const dollars = (value: number) => value.toFixed(2);
  const rows = prices.map((each) => [
    each.item,
    `${each.count.toPrecision(2)} ${each.unit}`,
    String(each.included),
    ...numbers.map((sites) => dollars(beyond(each, sites))),
    dollars(each.count * each.dollarsAUnit),
  ]);
  const sum = (of: (each: Price) => number) => dollars(prices.reduce((total, each) => total + of(each), 0));
  rows.push([
    "sum",
    "",
    "",
    ...numbers.map((sites) => sum((each) => beyond(each, sites))),
    sum((each) => each.count * each.dollarsAUnit),
  ]);
  const storedGb = (day.storedBytes * hotDays) / GB;
  const sitesADatabase = Math.floor((DATABASE_GB_MAX * 0.8) / storedGb);
  const titles = [
    "a site and month",
    "count",
    "included",
    ...numbers.map((sites) => `${sites} sites`),
    "nothing included",
  ];
  const columns = titles.map((title, index) => ({
    title,
    align: index < 2 ? ("left" as const) : ("right" as const),
  }));
  return [
    ...tableLines(columns, rows, { width: 200, footRows: 1 }),
    `A database has room for ${sitesADatabase} sites below its alert; more sites are further deployments.`,
  ];
}
