import { utcDayOf } from "../../../src/domain/day.ts";
import { DateField } from "../date-field.tsx";
import { daysEndingOn, lastDayOf, panned, type Span, withFirstDay, withLastDay, zoomed } from "./span.ts";

interface Move {
  readonly name: string;
  move(span: Span): Span;
}

const LENGTHS: readonly Move[] = [
  { name: "Day", days: 1 },
  { name: "Week", days: 7 },
  { name: "Month", days: 31 },
  { name: "Year", days: 366 },
  { name: "5 years", days: 1_827 },
].map(({ name, days }) => ({ name, move: (span) => daysEndingOn(lastDayOf(span), days) }));

/** For keyboard and touch: what a drag over the chart does, and the way back. */
const PAN_AND_ZOOM: readonly Move[] = [
  { name: "Earlier", move: (span) => panned(span, -0.5) },
  { name: "Later", move: (span) => panned(span, 0.5) },
  { name: "Zoom in", move: (span) => zoomed(span, 0.5) },
  { name: "Zoom out", move: (span) => zoomed(span, 2) },
];

interface SpanControlsProps {
  readonly span: Span;
  onMove(move: Move["move"]): void;
}

/** Chooses the time range of the chart. */
export function SpanControls({ span, onMove }: SpanControlsProps) {
  return (
    <>
      <DateField
        name="From"
        value={utcDayOf(span.fromMs)}
        onDay={(day) => onMove((before) => withFirstDay(before, day))}
      />
      <DateField
        name="To"
        value={lastDayOf(span)}
        onDay={(day) => onMove((before) => withLastDay(before, day))}
      />
      <Buttons legend="Length" moves={LENGTHS} onMove={onMove} />
      <Buttons legend="Pan and zoom" moves={PAN_AND_ZOOM} onMove={onMove} />
    </>
  );
}

interface ButtonsProps extends Pick<SpanControlsProps, "onMove"> {
  readonly legend: string;
  readonly moves: readonly Move[];
}

function Buttons({ legend, moves, onMove }: ButtonsProps) {
  return (
    <fieldset class="buttons">
      <legend>{legend}</legend>
      {moves.map(({ name, move }) => (
        <button key={name} type="button" class="quiet" onClick={() => onMove(move)}>
          {name}
        </button>
      ))}
    </fieldset>
  );
}
