import type { DueSite } from "../../../src/contract/backfill.ts";
import { integer } from "../formatting.ts";

/** "3 of 5 archived, 1 failed; 2025-05-30 fetching, page 3: why the last attempt failed" */
export function dueSiteText(view: DueSite): string {
  const { current_date, days_failed, days_published, days_total, halt_reason, last_error, pages, phase } =
    view;
  const failed = days_failed > 0 ? `, ${integer(days_failed)} failed` : "";
  const page = phase === "fetching" ? `, page ${integer(pages)}` : "";
  const work = current_date === null ? "" : `; ${current_date} ${phase ?? "starting"}${page}`;
  const why = halt_reason ?? (days_failed > 0 ? last_error : null);
  const counts = `${integer(days_published)} of ${integer(days_total)} archived${failed}`;
  return `${counts}${work}${why === null ? "" : `: ${why}`}`;
}
