import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { DayView, ErrorView } from "../../../src/contract/backfill.ts";
import { displayStatus } from "../calendar/calendar.tsx";
import { bytes, counted, instant, integer } from "../formatting.ts";
import type { SiteDay, SiteRange } from "../ranges.ts";
import { EvidenceTable } from "./evidence-table.tsx";
import type { OpenDay } from "./open-day.ts";
import { problemText, runningAudit, verificationText } from "./verification.ts";

export { NO_DAY_OPEN, type OpenDay, opened } from "./open-day.ts";

interface DayPanelProps {
  readonly open: OpenDay;
  readonly day: DayView | undefined;
  /** The days of the site are known: only then is a day without a view one of no backfill. */
  readonly loaded: boolean;
  readonly throttled: boolean;
  /** The latest backfill has the day; to fetch another day, a backfill of it is started. */
  readonly retriable: boolean;
  onClose(): void;
  onShowSamples(siteDay: SiteDay): void;
  readonly commands: {
    readErrors(siteDay: SiteDay): Promise<void>;
    retry(range: SiteRange): Promise<void>;
    fetchDay(siteDay: SiteDay): Promise<void>;
    verify(mode: "quick" | "full", range: SiteRange): Promise<void>;
  };
}

/** The open day: its file, evidence, attempts and errors, and what an operator can do with it. */
export function DayPanel(props: DayPanelProps) {
  const { open, day, loaded, throttled, retriable, onClose, onShowSamples, commands } = props;
  const { siteDay, errors } = open;
  const heading = useRef<HTMLHeadingElement>(null);
  const focusedFor = useRef(siteDay);
  // Opening a day moves the focus to its panel, for keyboard, screen reader and small screens. Coming back to the page
  // with a day already open does not.
  useLayoutEffect(() => {
    if (siteDay !== focusedFor.current) heading.current?.focus();
    focusedFor.current = siteDay;
  }, [siteDay]);
  // Loaded again whenever the day fails again.
  useEffect(() => {
    if (siteDay) void commands.readErrors(siteDay);
  }, [siteDay, day?.attempts, day?.failure?.at]);
  if (!siteDay) return null;
  const close = () => {
    onClose();
    document.getElementById(`grid-${siteDay.site}`)?.focus();
  };
  const range = { site: siteDay.site, from: siteDay.day, to: siteDay.day };
  const status = loaded ? displayStatus(day, throttled) : "not loaded yet";
  return (
    <section aria-labelledby="day" class="day">
      <div class="heading">
        <h2 id="day" ref={heading} tabIndex={-1}>
          {siteDay.day} <small>{siteDay.site}</small>
        </h2>
        <button type="button" class="quiet" aria-label="Close the day" onClick={close}>
          ×
        </button>
      </div>
      <p>
        <span class="swatch" data-status={status} aria-hidden="true" /> <strong>{status}</strong>
        {day?.phase && `, ${day.phase}`}
        {day && day.attempts > 0 && `, ${counted(day.attempts, "failed attempt")}`}
      </p>
      {day?.due && (
        <p>
          Due <strong>{day.due.state}</strong>
          {day.due.fetched_at && `, last fetched ${instant(day.due.fetched_at)}`}
          {day.due.state === "failed" && `: ${day.due.error ?? "no reason is known"}`}
          {day.due.retry_at && `, next try ${instant(day.due.retry_at)}`}
        </p>
      )}
      {day?.failure && (
        <p class="error">
          {day.failure.reason}: {day.failure.message} <span class="hint">{instant(day.failure.at)}</span>
        </p>
      )}
      <div class="buttons">
        {day?.status === "failed" && (
          <button
            type="button"
            onClick={() => (retriable ? commands.retry(range) : commands.fetchDay(siteDay))}
          >
            {retriable ? "Retry this day" : "Start a backfill of this day"}
          </button>
        )}
        {day?.r2_path && !day.unverified && (
          <>
            <button type="button" class="quiet" onClick={() => commands.verify("quick", range)}>
              Check size and hash
            </button>
            <button type="button" class="quiet" onClick={() => commands.verify("full", range)}>
              Read and recount
            </button>
          </>
        )}
        {day?.status === "completed" && (
          <button type="button" class="quiet" onClick={() => onShowSamples(siteDay)}>
            Show samples
          </button>
        )}
      </div>
      <Verification open={open} day={day} />
      {day && <ObjectDetails day={day} />}
      {day?.evidence && <EvidenceTable evidence={day.evidence} />}
      <h3>Errors</h3>
      <Errors errors={errors} />
    </section>
  );
}

function ObjectDetails({ day }: { day: DayView }) {
  if (!day.r2_path) return null;
  return (
    <dl class="object-details">
      <dt>File in R2</dt>
      <dd>
        <code>{day.r2_path}</code>
      </dd>
      <dt>Samples</dt>
      <dd>{integer(day.records ?? 0)}</dd>
      {day.evidence && (
        <>
          <dt>Size</dt>
          <dd>{bytes(day.evidence.bytes)}</dd>
          <dt>SHA-256</dt>
          <dd>
            <code>{day.evidence.sha256}</code>
          </dd>
        </>
      )}
      {day.rolled_up !== undefined && (
        <>
          <dt>Roll-up</dt>
          <dd>{day.rolled_up ? "has the day" : "does not have the day yet"}</dd>
        </>
      )}
      {day.completed_at && (
        <>
          <dt>Completed</dt>
          <dd>{instant(day.completed_at)}</dd>
        </>
      )}
    </dl>
  );
}

/** What verifications say of the day's file, and only of that file. */
function Verification({ open, day }: { open: OpenDay; day: DayView | undefined }) {
  const running = day && runningAudit(day, open.audits);
  const verified = verificationText(day);
  return (
    <>
      <Problem text={problemText(day, open.audits)} />
      {verified && <p class={verified.tone === "ok" ? "ok" : "hint"}>{verified.text}</p>}
      {running && (
        <p class="hint">
          A verification of the site is running: {counted(running.days_checked, "day")} checked so far.
        </p>
      )}
    </>
  );
}

function Problem({ text }: { text: string | undefined }) {
  return text === undefined ? null : <p class="error">{text}</p>;
}

function Errors({ errors }: { errors: OpenDay["errors"] }) {
  if (errors === undefined) return <p class="hint">Loading …</p>;
  if (typeof errors === "string") return <p class="error">The errors could not be loaded. {errors}</p>;
  if (errors.length === 0) return <p class="hint">None.</p>;
  return (
    <ul class="errors">
      {errors.map(({ timestamp, error }: ErrorView) => (
        <li key={`${timestamp} ${error}`}>
          <span class="hint">{instant(timestamp)}</span> {error}
        </li>
      ))}
    </ul>
  );
}
