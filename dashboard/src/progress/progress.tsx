import { useState } from "preact/hooks";
import type { Status } from "../../../src/contract/backfill.ts";
import { Confirm } from "../confirm.tsx";
import { duration, instant, integer, rate } from "../formatting.ts";
import { Metric } from "../metric.tsx";
import { freshness, type Live } from "./live.ts";
import { ProgressBar } from "./progress-bar.tsx";
import { requestsLastMinute, throttledMs } from "./rates.ts";

export { Alerts } from "./alerts.tsx";
export { DueDays } from "./due-days.tsx";
export { FailedDays, isRetriable } from "./failed-days.tsx";
export { type Freshness, freshness, type Live, NOTHING_RECEIVED, withUpdate } from "./live.ts";
export { isThrottled } from "./rates.ts";
export { Sites } from "./sites.tsx";

interface ProgressProps {
  readonly live: Live;
  readonly now: number;
  readonly requestsPerMinute: number;
  onCancel(): void;
  onResume(status: Status): void;
}

/** The state of the whole backfill, with its rates and the buttons to cancel and resume it. */
export function Progress(props: ProgressProps) {
  const { status, receivedAt } = props.live;
  if (!status) {
    return (
      <section aria-labelledby="progress">
        <h2 id="progress">{receivedAt === undefined ? "Progress" : "No backfill yet"}</h2>
        <p class="hint">Select a range of days in the calendar, or enter it in the plan, to estimate it.</p>
      </section>
    );
  }
  const pauseMs = status.status === "in_progress" ? throttledMs(status, props.now) : undefined;
  const counts = {
    ...{ total: status.days_total, completed: status.days_completed, failed: status.days_failed },
  };
  return (
    <section aria-labelledby="progress">
      <div class="heading">
        <h2 id="progress">
          {stateText(status, pauseMs !== undefined)}{" "}
          <small>{`${status.start_date} to ${status.end_date}`}</small>
        </h2>
        {pauseMs !== undefined && (
          <span class="badge" data-status="throttled">
            throttled, {duration(pauseMs)} left
          </span>
        )}
        <JobButtons status={status} onCancel={props.onCancel} onResume={() => props.onResume(status)} />
      </div>
      <div class="bar">
        <ProgressBar label="Site-days of the backfill" {...counts} />
        <span class="percent">{status.progress_percent} %</span>
      </div>
      <Metrics {...props} status={status} />
    </section>
  );
}

function stateText(status: Status, throttled: boolean): string {
  switch (status.status) {
    case "in_progress":
      return throttled ? "Throttled" : "Running";
    case "completed":
      return status.outcome === "partial" ? "Partly completed" : "Completed";
    case "cancelled":
      return "Cancelled";
    case "halted":
      return "Halted";
    default:
      return status.status satisfies never;
  }
}

interface JobButtonsProps {
  readonly status: Status;
  onCancel(): void;
  onResume(): void;
}

function JobButtons({ status, onCancel, onResume }: JobButtonsProps) {
  const [confirming, setConfirming] = useState(false);
  const resumable =
    status.status === "cancelled" || status.status === "halted" || status.outcome === "partial";
  return (
    <div class="buttons">
      {status.status === "in_progress" && (
        <button type="button" class="danger" onClick={() => setConfirming(true)}>
          Cancel …
        </button>
      )}
      {resumable && (
        <button type="button" onClick={onResume}>
          Resume
        </button>
      )}
      {confirming && (
        <Confirm
          title="Cancel the backfill?"
          text="No more days are uploaded. What was fetched so far is kept, and Resume continues from there."
          yes="Cancel the backfill"
          no="Keep it running"
          onAnswer={(confirmed) => {
            setConfirming(false);
            if (confirmed) onCancel();
          }}
        />
      )}
    </div>
  );
}

function Metrics({ status, live, now, requestsPerMinute }: ProgressProps & { readonly status: Status }) {
  const running = status.status === "in_progress";
  // Without a connection nothing is known of the last minute, and the estimate may be wrong by now.
  const current = freshness(live, now).kind === "live";
  const requests = current ? requestsLastMinute(live.requestCounts, now) : undefined;
  const endsAt = current ? status.estimated_completion : null;
  const left = running && endsAt ? Date.parse(endsAt) - now : undefined;
  return (
    <dl class="metrics">
      <Metric
        name="Site-days completed"
        value={`${integer(status.days_completed)} of ${integer(status.days_total)}`}
      />
      <Metric name="Site-days failed" value={integer(status.days_failed)} />
      <Metric name="Samples" value={integer(status.records_processed)} />
      <Metric name="Site-days per hour" value={rateText(status.days_per_hour)} />
      <Metric name="Samples per second" value={rateText(status.samples_per_second)} />
      {running && <Metric name="Time left" value={left === undefined ? "–" : duration(left)} />}
      {running && endsAt && <Metric name="Estimated end" value={instant(endsAt)} />}
      {running && (
        <Metric
          name="Requests in the last minute"
          value={`${requests === undefined ? "–" : integer(requests)}, limit ${integer(requestsPerMinute)}`}
        />
      )}
      <Metric name="Started" value={instant(status.started_at)} />
      {status.completed_at && <Metric name="Completed" value={instant(status.completed_at)} />}
    </dl>
  );
}

const rateText = (value: number | null) => (value === null ? "–" : rate(value));
