import { utcDayOf } from "../../../src/domain/day.ts";
import { DateField } from "../date-field.tsx";
import { beginningWith, daysUpTo, endingWith, lastDayOf, type Span, scaled, shifted } from "./span.ts";

const LENGTHS = [
  { name: "Day", days: 1 },
  { name: "Week", days: 7 },
  { name: "Month", days: 31 },
  { name: "Year", days: 366 },
];

/** What a drag over the picture does, and its undoing, for keyboard and finger. */
const MOVES: readonly { readonly name: string; move(span: Span): Span }[] = [
  { name: "Earlier", move: (span) => shifted(span, -0.5) },
  { name: "Later", move: (span) => shifted(span, 0.5) },
  { name: "Closer", move: (span) => scaled(span, 0.5) },
  { name: "Wider", move: (span) => scaled(span, 2) },
];

/** Which time is looked at. */
export function SpanControls({ span, onSpan }: { span: Span; onSpan(span: Span): void }) {
  return (
    <>
      <DateField
        name="From"
        value={utcDayOf(span.fromMs)}
        onDay={(day) => onSpan(beginningWith(span, day))}
      />
      <DateField name="To" value={lastDayOf(span)} onDay={(day) => onSpan(endingWith(span, day))} />
      <fieldset class="buttons">
        <legend>Up to the last day</legend>
        {LENGTHS.map(({ name, days }) => (
          <Button key={name} name={name} onPress={() => onSpan(daysUpTo(lastDayOf(span), days))} />
        ))}
      </fieldset>
      <fieldset class="buttons">
        <legend>From here</legend>
        {MOVES.map(({ name, move }) => (
          <Button key={name} name={name} onPress={() => onSpan(move(span))} />
        ))}
      </fieldset>
    </>
  );
}

function Button({ name, onPress }: { name: string; onPress(): void }) {
  return (
    <button type="button" class="quiet" onClick={onPress}>
      {name}
    </button>
  );
}
