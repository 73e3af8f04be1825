import type { SiteRollups } from "../../src/contract/backfill.ts";
import { type Column, formatBytes, formatCount, tableLines } from "../../terminal/terminal.ts";
import { rollupText } from "../watch/watch.ts";

const COLUMNS: Column[] = [
  { title: "site", align: "left", names: true },
  { title: "quarter", align: "left" },
  { title: "days", align: "right" },
  { title: "lacking", align: "right" },
  { title: "skipped", align: "right" },
  { title: "hours of points", align: "right" },
  { title: "size", align: "right" },
  { title: "error", align: "left", below: true },
];

/** A line for each quarter with archived days. */
export function rollupTable(sites: readonly SiteRollups[], width: number): string[] {
  const rows = sites.flatMap(({ site, quarters }) =>
    quarters.map((quarter) => [
      site,
      quarter.period,
      formatCount(quarter.days_held),
      formatCount(quarter.days_lacking),
      formatCount(quarter.days_skipped.length),
      quarter.rows === null ? "-" : formatCount(quarter.rows),
      quarter.bytes === null ? "-" : formatBytes(quarter.bytes),
      quarter.error ?? "",
    ]),
  );
  return rows.length === 0 ? [] : tableLines(COLUMNS, rows, { width });
}

/** `site_a  350 of 366 days; making 2024-Q4` */
export const rollupLine = (view: SiteRollups) => `${view.site}  ${rollupText(view)}`;
