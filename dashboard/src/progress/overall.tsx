import { useState } from "preact/hooks";
import type { Status } from "../../../src/contract/backfill.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import type { Shown } from "../app.tsx";
import { Confirm } from "../confirm.tsx";
import type { State } from "../state/state.ts";
import { duration, instant, pace, whole } from "./figures.ts";
import { isThrottled, requestsLastMinute } from "./pace.ts";

export function Overall({ state, commands }: Shown) {
  const { status } = state.live;
  if (!status) {
    return (
      <section aria-labelledby="overall">
        <h2 id="overall">{state.live.heardAt === undefined ? "Progress" : "No backfill yet"}</h2>
        <p class="hint">Drag a range of days below, or choose one beside, to see what it takes.</p>
      </section>
    );
  }
  return (
    <section aria-labelledby="overall">
      <div class="heading">
        <h2 id="overall">
          {wordOf(status)} <small>{`${status.start_date} to ${status.end_date}`}</small>
        </h2>
        <Orders status={status} commands={commands} />
      </div>
      <div class="bar">
        <progress aria-label="Days done" max={100} value={Number(status.progress_percent)} />
        <span class="percent">{status.progress_percent} %</span>
      </div>
      <Figures status={status} state={state} />
    </section>
  );
}

function wordOf(status: Status): string {
  switch (status.status) {
    case "in_progress":
      return "Running";
    case "completed":
      return status.outcome === "partial" ? "Completed in part" : "Completed";
    case "cancelled":
      return "Cancelled";
    case "halted":
      return "Halted";
    default:
      return status.status satisfies never;
  }
}

function Orders({ status, commands }: { status: Status; commands: Shown["commands"] }) {
  const [asking, setAsking] = useState(false);
  const resume = () =>
    commands.start(
      {
        from: status.start_date as UtcDay,
        to: status.end_date as UtcDay,
        sites: status.sites.map((view) => view.site),
      },
      false,
    );
  const resumable =
    status.status === "cancelled" || status.status === "halted" || status.outcome === "partial";
  return (
    <div class="buttons">
      {status.status === "in_progress" && (
        <button type="button" class="danger" onClick={() => setAsking(true)}>
          Cancel …
        </button>
      )}
      {resumable && (
        <button type="button" onClick={resume}>
          Resume
        </button>
      )}
      {asking && (
        <Confirm
          title="Cancel the backfill?"
          text="No further day is published. What was fetched is kept: a resume goes on from there."
          yes="Cancel the backfill"
          no="Let it run"
          onAnswer={(yes) => {
            setAsking(false);
            if (yes) void commands.cancel();
          }}
        />
      )}
    </div>
  );
}

function Figures({ status, state }: { status: Status; state: State }) {
  const { session, live, now } = state;
  const running = status.status === "in_progress";
  const used = requestsLastMinute(live.readings, now);
  const limit = session.kind === "open" ? session.requestsPerMinute : undefined;
  const endsAt = status.estimated_completion;
  const left = running && endsAt ? Date.parse(endsAt) - now : undefined;
  return (
    <dl class="figures">
      <Figure name="Days" value={`${whole(status.days_completed)} of ${whole(status.days_total)}`} />
      <Figure name="Failed" value={whole(status.days_failed)} />
      <Figure name="Samples" value={whole(status.records_processed)} />
      <Figure name="Days an hour" value={status.days_per_hour === null ? "–" : pace(status.days_per_hour)} />
      <Figure
        name="Samples a second"
        value={status.samples_per_second === null ? "–" : pace(status.samples_per_second)}
      />
      <Figure name="Left" value={left === undefined ? "–" : duration(left)} />
      {running && endsAt && <Figure name="Done at" value={instant(endsAt)} />}
      {running && (
        <Figure
          name="Requests, last minute"
          value={`${used === undefined ? "–" : whole(used)} of ${whole(limit ?? 0)}`}
        />
      )}
      {isThrottled(status, now) && status.throttled_until && (
        <Figure name="Throttled until" value={instant(status.throttled_until)} />
      )}
      <Figure name="Since" value={instant(status.started_at)} />
    </dl>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
