import type { RecentWindow } from "../../../src/contract/etl.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import { integer } from "../formatting.ts";
import { BARS_MAX, type WindowBar, windowBars } from "./window-bars.ts";

const BAR_WIDTH = 10;
const HEIGHT = 48;
/** A window of few samples is still seen. */
const BAR_HEIGHT_MIN = 1.5;

const KINDS: Readonly<Record<WindowBar["kind"], string>> = {
  complete: "complete",
  partial: "not over",
  empty: "without samples",
  missing: "not read",
};

/** The samples of the last windows as bars. Their kinds differ by outline as well as by colour; the table has the numbers. */
export function WindowChart({ windows, nowMs }: { windows: readonly RecentWindow[]; nowMs: EpochMs }) {
  const chart = windowBars(windows, nowMs);
  if (!chart) return <p class="hint">No window has been read yet.</p>;
  const { bars, most, label } = chart;
  return (
    <figure class="windows">
      <svg
        viewBox={`0 0 ${BARS_MAX * BAR_WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {bars.map((bar, index) => (
          <Bar key={bar.start} bar={bar} x={(BARS_MAX - bars.length + index) * BAR_WIDTH} />
        ))}
      </svg>
      <figcaption class="hint">
        <span>{bars[0]?.start}</span>
        <span>{most > 0 ? `at most ${integer(most)} a window` : "no samples"}</span>
        <span>{bars.at(-1)?.start} UTC</span>
      </figcaption>
      <details>
        <summary>Windows as a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">from (UTC)</th>
              <th scope="col" class="number">
                samples
              </th>
              <th scope="col">window</th>
            </tr>
          </thead>
          <tbody>
            {bars.toReversed().map(({ start, samples, kind }) => (
              <tr key={start}>
                <th scope="row">{start}</th>
                <td class="number">{kind === "missing" ? "–" : integer(samples)}</td>
                <td>{KINDS[kind]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

function Bar({ bar, x }: { bar: WindowBar; x: number }) {
  const height = bar.kind === "missing" ? HEIGHT - 2 : Math.max(BAR_HEIGHT_MIN, bar.share * (HEIGHT - 2));
  return (
    <rect
      class="window"
      data-kind={bar.kind}
      x={x + 1}
      y={HEIGHT - 1 - height}
      width={BAR_WIDTH - 2}
      height={height}
    >
      <title>{`${bar.start} UTC: ${bar.kind === "missing" ? "not read" : `${integer(bar.samples)}, ${KINDS[bar.kind]}`}`}</title>
    </rect>
  );
}
