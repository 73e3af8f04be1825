import { useEffect, useRef } from "preact/hooks";
import type { AuditView, DayView, ErrorView } from "../../../src/contract/backfill.ts";
import type { Shown } from "../app.tsx";
import { shownStatus } from "../calendar/shown-status.ts";
import type { ExplorerCommands } from "../explorer/commands.ts";
import { bytes, instant, whole } from "../progress/figures.ts";
import { isThrottled } from "../progress/pace.ts";
import { EvidenceTable } from "./evidence-table.tsx";
import { auditOf } from "./open-day.ts";

interface DayPanelProps extends Shown {
  readonly explorer: ExplorerCommands;
}

/** One day, closely: its evidence, its attempts, its errors, and what can be done for it. */
export function DayPanel({ state, dispatch, commands, explorer }: DayPanelProps) {
  const { place, errors } = state.day;
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(place);
  // Wherever the panel stands, who opens a day is at it: by keyboard, by ear and on a small screen. Not so who only
  // comes back to a page on which one is open.
  useEffect(() => {
    if (place !== shown.current) heading.current?.focus();
    shown.current = place;
  }, [place]);
  const day = place && state.calendar.days.get(place.site)?.get(place.day);
  // Read again whenever the day has failed again.
  useEffect(() => {
    if (place) void commands.readErrors(place);
  }, [place, day?.attempts, day?.failure?.at]);
  if (!place) return null;
  const close = () => {
    dispatch({ type: "open-day", place: undefined });
    document.getElementById(`grid-${place.site}`)?.focus();
  };
  const range = { site: place.site, from: place.day, to: place.day };
  const status = shownStatus(day, isThrottled(state.live.status, state.now)) ?? "not asked for";
  return (
    <section aria-labelledby="day" class="day">
      <div class="heading">
        <h2 id="day" ref={heading} tabIndex={-1}>
          {place.day} <small>{place.site}</small>
        </h2>
        <button type="button" class="quiet" aria-label="Close the day" onClick={close}>
          ×
        </button>
      </div>
      <p>
        <span class="swatch" data-status={status} aria-hidden="true" /> <strong>{status}</strong>
        {day?.phase && `, ${day.phase}`}
        {day && day.attempts > 0 && `, ${whole(day.attempts)} ${day.attempts === 1 ? "attempt" : "attempts"}`}
      </p>
      {day?.failure && (
        <p class="refusal">
          {day.failure.reason}: {day.failure.message} <span class="hint">{instant(day.failure.at)}</span>
        </p>
      )}
      <div class="buttons">
        {day?.status === "failed" && (
          <button type="button" onClick={() => commands.retry(range)}>
            Retry this day
          </button>
        )}
        {day?.r2_path && (
          <>
            <button type="button" class="quiet" onClick={() => commands.verify("quick", range)}>
              Verify
            </button>
            <button type="button" class="quiet" onClick={() => commands.verify("full", range)}>
              Recount
            </button>
          </>
        )}
        {day?.status === "completed" && (
          <button type="button" class="quiet" onClick={() => explorer.show(place)}>
            Look at its samples
          </button>
        )}
      </div>
      <Audit of={auditOf(state.day)} day={place.day} />
      {day && <File of={day} />}
      {day?.evidence && <EvidenceTable of={day.evidence} />}
      <Errors of={errors} />
    </section>
  );
}

function File({ of }: { of: DayView }) {
  if (!of.r2_path) return null;
  return (
    <dl class="facts">
      <dt>Object</dt>
      <dd>
        <code>{of.r2_path}</code>
      </dd>
      <dt>Records</dt>
      <dd>{whole(of.records ?? 0)}</dd>
      {of.evidence && (
        <>
          <dt>Size</dt>
          <dd>{bytes(of.evidence.bytes)}</dd>
          <dt>SHA-256</dt>
          <dd>
            <code>{of.evidence.sha256}</code>
          </dd>
        </>
      )}
      {of.completed_at && (
        <>
          <dt>Completed</dt>
          <dd>{instant(of.completed_at)}</dd>
        </>
      )}
      {of.unverified && (
        <>
          <dt>Verified</dt>
          <dd>no: found in R2 without evidence of ours</dd>
        </>
      )}
    </dl>
  );
}

function Audit({ of, day }: { of: AuditView | undefined; day: string }) {
  if (!of) return null;
  if (of.state === "running")
    return <p class="hint">Verification: {whole(of.days_checked)} days checked …</p>;
  const problem = of.problems.find((one) => one.date === day)?.problem;
  const how = of.mode === "full" ? "read and recounted" : "compared by its head";
  return (
    <p class={problem ? "refusal" : "hint"}>
      {problem ?? `Agrees with R2, ${how}`} ({of.completed_at && instant(of.completed_at)})
    </p>
  );
}

function Errors({ of }: { of: readonly ErrorView[] | string | undefined }) {
  return (
    <>
      <h3>Errors</h3>
      <ErrorList of={of} />
    </>
  );
}

function ErrorList({ of }: { of: readonly ErrorView[] | string | undefined }) {
  if (of === undefined) return <p class="hint">Loading …</p>;
  if (typeof of === "string") return <p class="refusal">They could not be read. {of}</p>;
  if (of.length === 0) return <p class="hint">None.</p>;
  return (
    <ul class="errors">
      {of.map((error) => (
        <li key={`${error.timestamp} ${error.error}`}>
          <span class="hint">{instant(error.timestamp)}</span> {error.error}
        </li>
      ))}
    </ul>
  );
}
