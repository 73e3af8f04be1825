import type { DueSite, DueSummary } from "../../src/contract/backfill.ts";
import { formatCount } from "../../terminal/terminal.ts";

/** The due days of each site in a line, and whether they are paused; nothing where no day is due. */
export function dueSummaryLines(due: DueSummary | undefined): string[] {
  if (!due) return [];
  const paused = due.paused ? ["due days are paused"] : [];
  return [...paused, ...due.sites.map((site) => `due days of ${site.site}: ${dueText(site)}`)];
}

/** `3 of 5 archived, 1 failed; 2025-05-30 fetching page 3` */
function dueText(site: DueSite): string {
  const { days_total, days_published, days_failed, halt_reason, last_error } = site;
  const failed = days_failed > 0 ? `, ${formatCount(days_failed)} failed` : "";
  const trouble = halt_reason ?? (days_failed > 0 ? last_error : null);
  return [
    `${formatCount(days_published)} of ${formatCount(days_total)} archived${failed}`,
    ...(site.current_date === null ? [] : [currentText(site)]),
    ...(trouble === null ? [] : [trouble]),
  ].join("; ");
}

function currentText({ current_date, pages, phase }: DueSite): string {
  const page = phase === "fetching" ? `page ${formatCount(pages)}` : "";
  return [current_date, phase, page].filter(Boolean).join(" ");
}
