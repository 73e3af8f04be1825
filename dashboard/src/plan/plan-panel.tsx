import { useState } from "preact/hooks";
import type { Plan } from "../../../src/contract/backfill.ts";
import type { Selection } from "../api/backfill-api.ts";
import type { Shown } from "../app.tsx";
import { yesterdayOf } from "../calendar/days.ts";
import { Confirm } from "../confirm.tsx";
import { DateField } from "../date-field.tsx";
import { duration, whole } from "../progress/figures.ts";
import { plannedRange, sitesOf } from "../state/state.ts";
import { rangeFault } from "./plan-desk.ts";

/** A range of days: what it takes, and its start. */
export function PlanPanel({ state, current, dispatch, commands }: Shown) {
  const { plan: desk, now } = state;
  const [asking, setAsking] = useState(false);
  const yesterday = yesterdayOf(now);
  const range = plannedRange(state);
  const fault = rangeFault(range, yesterday);
  const choose = (change: Partial<Selection>) => dispatch({ type: "choose", change });
  const start = () => commands.start(plannedRange(current()), current().plan.force);
  return (
    <section aria-labelledby="plan">
      <h2 id="plan">Plan a backfill</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          choose({});
          const { plan } = current();
          if (plan.of && !rangeFault(plan.of, yesterday)) void commands.plan(plan.of, plan.force);
        }}
      >
        <div class="pair">
          <DateField name="First day" value={range.from} max={yesterday} onDay={(from) => choose({ from })} />
          <DateField name="Last day" value={range.to} max={yesterday} onDay={(to) => choose({ to })} />
        </div>
        <SiteChoice
          sites={sitesOf(state)}
          chosen={range.sites}
          onChoose={(site, on) => dispatch({ type: "choose-site", site, on })}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={desk.force}
            onChange={(event) => dispatch({ type: "force", force: event.currentTarget.checked })}
          />
          Fetch completed days again
        </label>
        <p class="refusal" role="alert">
          {fault ?? desk.refusal}
        </p>
        <div class="buttons">
          <button type="submit" class="quiet" disabled={fault !== undefined}>
            {desk.asking ? "Reckoning …" : "Dry run"}
          </button>
          <button
            type="button"
            disabled={fault !== undefined}
            onClick={() => (current().plan.force ? setAsking(true) : void start())}
          >
            Start
          </button>
        </div>
      </form>
      <div role="status">{desk.plan && <Reckoning plan={desk.plan} />}</div>
      {asking && (
        <Confirm
          title="Fetch completed days again?"
          text="Every day of the range is fetched from the vendor once more, and a backfill that runs is replaced by this one. Files are replaced one by one, each when the new one is whole."
          yes="Fetch all again"
          no="Leave them"
          onAnswer={(yes) => {
            setAsking(false);
            if (yes) void start();
          }}
        />
      )}
    </section>
  );
}

interface SiteChoiceProps {
  readonly sites: readonly string[];
  readonly chosen: readonly string[];
  onChoose(site: string, on: boolean): void;
}

function SiteChoice({ sites, chosen, onChoose }: SiteChoiceProps) {
  return (
    <fieldset>
      <legend>Sites</legend>
      {sites.map((site) => (
        <label key={site} class="check">
          <input
            type="checkbox"
            checked={chosen.includes(site)}
            onChange={(event) => onChoose(site, event.currentTarget.checked)}
          />
          {site}
        </label>
      ))}
    </fieldset>
  );
}

/** What the dry run said. */
function Reckoning({ plan }: { plan: Plan }) {
  return (
    <>
      <dl class="figures small">
        <div>
          <dt>Days to fetch</dt>
          <dd>{whole(plan.days_to_fetch)}</dd>
        </div>
        <div>
          <dt>Skipped</dt>
          <dd>{whole(plan.days_to_skip)}</dd>
        </div>
        <div>
          <dt>Requests</dt>
          <dd>{whole(plan.estimated_requests)}</dd>
        </div>
        <div>
          <dt>Takes about</dt>
          <dd>{duration(plan.estimated_hours * 3_600_000)}</dd>
        </div>
      </dl>
      <p class="hint">
        At {whole(plan.requests_per_minute)} requests a minute and pages of {whole(plan.page_size)} samples.{" "}
        {plan.sites.some((site) => site.basis !== "ledger") &&
          "Sites without an archived day are assumed large."}
      </p>
    </>
  );
}
