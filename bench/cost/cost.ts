import { formatCount } from "../../terminal/terminal.ts";
import { atMost, type MeasureSection, type Table } from "../measure/measure.ts";
import { countSyncDay, type SiteDay } from "../sync/sync.ts";
import { type ArchiveDay, countArchiveDay } from "./archive-days.ts";
import { dollarsOf, GB, MILLION, OBJECT_GB, type Price, pricedItems, type Usage } from "./prices.ts";

/** Days that are archived, and hours that are synced. */
const SIZES = { full: { days: 6, hours: 24 }, quick: { days: 2, hours: 2 } };
const YEAR_DAYS = 366;
const MONTHS = 12;
const MONTH_DAYS = 30;
/** The default of `HOT_DAYS`. */
const HOT_DAYS = 20;
/** Every five minutes. */
const CRONS_A_DAY = 288;
/** A request of a live sync: its permit, and a page of the API as it was measured. */
const REQUEST_SECONDS = 3;
/** While a page is waited for, the site's object is active, and the gate that holds its next call. */
const ACTIVE_OBJECTS = 2;

const YEAR_DOLLARS_MAX = 10;
const MONTH_DOLLARS_MAX = 2;
const SITES = [1, 10, 100];

/** Dollars for a site-year archived and a site-month hot, from operations counted in a simulated world. */
export const costSection: MeasureSection = async (_run, { quick }) => {
  const { days, hours } = quick ? SIZES.quick : SIZES.full;
  console.log(`… ${days} archived days`);
  const year = usageOfYear(await countArchiveDay(days));
  console.log(`… ${hours} hours of live sync`);
  const month = usageOfMonth((await countSyncDay(hours)).day);
  return {
    tables: [yearTable(year), monthTable(month)],
    figures: [
      atMost("a site-year archived, and a year of its storage", sumOf(year), YEAR_DOLLARS_MAX, " $"),
      atMost("a site-month hot", sumOf(month), MONTH_DOLLARS_MAX, " $"),
    ],
  };
};

const sumOf = (usage: Usage) => pricedItems(usage).reduce((sum, each) => sum + dollarsOf(each), 0);

function usageOfYear(day: ArchiveDay): Usage {
  const year = (count: number) => (count * YEAR_DAYS) / MILLION;
  const activeSeconds = (day.jobSeconds * ACTIVE_OBJECTS + day.cpuSeconds) * YEAR_DAYS;
  return {
    workerCpu: year(day.cpuSeconds * 1_000),
    objectRequests: year(day.objects.requests),
    objectDuration: (activeSeconds * OBJECT_GB) / MILLION,
    objectRowsRead: year(day.objects.rowsRead),
    objectRowsWritten: year(day.objects.rowsWritten),
    r2ClassA: year(day.classA),
    r2ClassB: year(day.classB),
    r2Storage: (day.storedBytes * YEAR_DAYS * MONTHS) / GB,
    kvWrites: year(day.kvWrites),
  };
}

function usageOfMonth(day: SiteDay): Usage {
  const month = (count: number) => (count * MONTH_DAYS) / MILLION;
  const activeSeconds = day.requests * REQUEST_SECONDS * ACTIVE_OBJECTS + day.cpuSeconds;
  return {
    // Of the ETL Sync Worker and of the Backfill Worker.
    workerRequests: month(2 * CRONS_A_DAY),
    workerCpu: month(day.cpuSeconds * 1_000),
    objectRequests: month(day.objects.requests),
    objectDuration: month(activeSeconds * OBJECT_GB),
    objectRowsRead: month(day.objects.rowsRead),
    objectRowsWritten: month(day.objects.rowsWritten),
    kvWrites: month(day.kvWrites),
    d1RowsRead: month(day.rowsRead),
    d1RowsWritten: month(day.rowsWritten),
    d1Storage: (day.storedBytes * HOT_DAYS) / GB,
  };
}

function yearTable(usage: Usage): Table {
  return {
    title: "A site-year archived, with its roll-ups, and twelve months of its storage in R2",
    columns: ["item", "count", "unit", "$ a unit", "included a month", "$, nothing included"],
    rows: [
      ...pricedItems(usage).map((each) => [
        ...countedCells(each),
        String(each.dollarsAUnit),
        each.included.toLocaleString("en"),
        dollars(dollarsOf(each)),
      ]),
      ["sum", "", "", "", "", dollars(sumOf(usage))],
    ],
  };
}

function monthTable(usage: Usage): Table {
  const items = pricedItems(usage);
  const beyond = ({ units, included, dollarsAUnit }: Price & { readonly units: number }, sites: number) =>
    Math.max(0, units * sites - included) * dollarsAUnit;
  return {
    title: `A site-month hot, with ${HOT_DAYS} days in D1; for several sites in dollars beyond what is included`,
    columns: [
      ...["item", "count", "unit", "$ a unit", "included", "$, nothing included"],
      ...SITES.map((sites) => `$, ${sites === 1 ? "1 site" : `${sites} sites`}`),
    ],
    rows: [
      ...items.map((each) => [
        ...countedCells(each),
        String(each.dollarsAUnit),
        each.included.toLocaleString("en"),
        dollars(dollarsOf(each)),
        ...SITES.map((sites) => dollars(beyond(each, sites))),
      ]),
      [
        ...["sum", "", "", "", ""],
        dollars(sumOf(usage)),
        ...SITES.map((sites) => dollars(items.reduce((sum, each) => sum + beyond(each, sites), 0))),
      ],
    ],
  };
}

const countedCells = ({ item, unit, units }: Price & { readonly units: number }) => [
  item,
  units < 100 ? String(Number(units.toPrecision(2))) : formatCount(units),
  unit,
];

const dollars = (value: number) => value.toFixed(2);
