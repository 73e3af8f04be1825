import type { DueSummary } from "../../../src/contract/backfill.ts";
import { dueSiteText } from "./due-text.ts";

/** The days that sites archive by themselves, apart from the backfill and its counts. */
export function DueDays({ due }: { due: DueSummary | undefined }) {
  if (!due) return null;
  return (
    <section aria-labelledby="due-days">
      <h2 id="due-days">
        Due days{" "}
        <small>
          {due.paused ? "paused at all sites" : "archived by themselves, apart from any backfill"}
        </small>
      </h2>
      <ul class="site-list">
        {due.sites.map((view) => (
          <li key={view.site}>
            <strong>{view.site}</strong>
            <span class="detail">{dueSiteText(view)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
