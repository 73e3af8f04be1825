import type { SiteRollups } from "../../src/contract/backfill.ts";
import { type Column, formatBytes, formatCount, tableLines } from "../../terminal/terminal.ts";
import { rollupText } from "../watch/watch.ts";

const COLUMNS: Column[] = [
  { title: "site", align: "left", names: true },
  { title: "period", align: "left" },
  { title: "days", align: "right" },
  { title: "lacking", align: "right" },
  { title: "skipped", align: "right" },
  { title: "rows", align: "right" },
  { title: "size", align: "right" },
  { title: "error", align: "left", below: true },
];

/** A line for each quarter, and for each month that is over, with archived days. */
export function rollupTable(sites: readonly SiteRollups[], width: number): string[] {
  const rows = sites.flatMap(({ site, quarters, months }) =>
    [...quarters, ...months].map((each) => [
      site,
      each.period,
      formatCount(each.days_held),
      formatCount(each.days_lacking),
      formatCount(each.days_skipped.length),
      each.rows === null ? "-" : formatCount(each.rows),
      each.bytes === null ? "-" : formatBytes(each.bytes),
      each.error ?? "",
    ]),
  );
  return rows.length === 0 ? [] : tableLines(COLUMNS, rows, { width });
}

/** `site_a  350 of 366 days by the hour, 335 days raw; making 2024-Q4` */
export const rollupLine = (view: SiteRollups) => `${view.site}  ${rollupText(view)}`;
