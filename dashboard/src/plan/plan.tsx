import { useState } from "preact/hooks";
import type { Plan } from "../../../src/contract/backfill.ts";
import { Confirm } from "../confirm.tsx";
import { DateField } from "../date-field.tsx";
import { counted, duration, integer } from "../formatting.ts";
import { type DayRange, yesterdayOf } from "../ranges.ts";
import { type PlanState, rangeError } from "./plan-state.ts";

export {
  NO_PLAN,
  type PlanRequest,
  type PlanState,
  proposedRange,
  rangeError,
  withChange,
  withRequest,
  withResponse,
} from "./plan-state.ts";

interface PlanPanelProps {
  readonly plan: PlanState;
  /** The planned range, or the proposed one. */
  readonly range: DayRange;
  readonly sites: readonly string[];
  readonly now: number;
  onChange(change: Partial<DayRange>): void;
  onSite(site: string, included: boolean): void;
  onForce(force: boolean): void;
  /** Whether completed days would be fetched again, as it is now and not as it is drawn. */
  isForced(): boolean;
  onEstimate(): void;
  onStart(): void;
}

/** The fields of a planned backfill, its estimate and its start. */
export function PlanPanel({ plan, range, sites, now, ...on }: PlanPanelProps) {
  const [confirming, setConfirming] = useState(false);
  const yesterday = yesterdayOf(now);
  const error = rangeError(range, yesterday);
  return (
    <section aria-labelledby="plan">
      <h2 id="plan">Plan a backfill</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          on.onEstimate();
        }}
      >
        <div class="pair">
          <DateField
            name="First day"
            value={range.from}
            max={yesterday}
            onDay={(from) => on.onChange({ from })}
          />
          <DateField name="Last day" value={range.to} max={yesterday} onDay={(to) => on.onChange({ to })} />
        </div>
        <fieldset>
          <legend>Sites</legend>
          {sites.map((site) => (
            <label key={site} class="check">
              <input
                type="checkbox"
                checked={range.sites.includes(site)}
                onChange={(event) => on.onSite(site, event.currentTarget.checked)}
              />
              {site}
            </label>
          ))}
        </fieldset>
        <label class="check">
          <input
            type="checkbox"
            checked={plan.force}
            onChange={(event) => on.onForce(event.currentTarget.checked)}
          />
          Fetch completed days again
        </label>
        <p class="error" role="alert">
          {error ?? plan.error}
        </p>
        <div class="buttons">
          <button type="submit" class="quiet" disabled={error !== undefined}>
            {plan.pending ? "Estimating …" : "Estimate"}
          </button>
          <button
            type="button"
            disabled={error !== undefined}
            onClick={() => (on.isForced() ? setConfirming(true) : on.onStart())}
          >
            Start
          </button>
        </div>
      </form>
      <div role="status">{plan.estimate && <Estimate plan={plan.estimate} />}</div>
      {confirming && (
        <Confirm
          title="Fetch completed days again?"
          text="Every day of the range is fetched from the API again, and a running backfill is replaced by this one. Each file is replaced once its new version is complete."
          yes="Fetch all again"
          no="Keep them"
          onAnswer={(confirmed) => {
            setConfirming(false);
            if (confirmed) on.onStart();
          }}
        />
      )}
    </section>
  );
}

/** The result of a dry run. */
function Estimate({ plan }: { plan: Plan }) {
  return (
    <>
      <dl class="metrics small">
        <div>
          <dt>Site-days to fetch</dt>
          <dd>{integer(plan.days_to_fetch)}</dd>
        </div>
        <div>
          <dt>Completed already</dt>
          <dd>{integer(plan.days_to_skip)}</dd>
        </div>
        <div>
          <dt>Requests</dt>
          <dd>{integer(plan.estimated_requests)}</dd>
        </div>
        <div>
          <dt>Estimated time</dt>
          <dd>{`about ${duration(plan.estimated_seconds * 1_000)}`}</dd>
        </div>
      </dl>
      <p class="hint">
        At {counted(plan.requests_per_minute, "request")} per minute and {integer(plan.page_size)} samples per
        page.{" "}
        {plan.sites.some(({ basis }) => basis !== "ledger") &&
          "A site without an archived day is assumed to have 3,741,234 samples a day."}
      </p>
    </>
  );
}
