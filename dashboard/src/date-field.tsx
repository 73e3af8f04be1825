import { useLayoutEffect, useRef } from "preact/hooks";
import { parseUtcDay, type UtcDay } from "../../src/domain/day.ts";

interface DateFieldProps {
  readonly name: string;
  readonly value: UtcDay | undefined;
  readonly max?: UtcDay;
  onDay(day: UtcDay): void;
}

/**
 * A field for a day. While a date is typed, the field holds unintended days (the year 0002 on the way to 2024) and invalid
 * ones (31 February). The browser keeps what is typed; `onDay` is called once it is a valid day within the bounds.
 */
export function DateField({ name, value, max = "9999-12-31" as UtcDay, onDay }: DateFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  /** The last valid day in the field: keys are faster than frames, and `value` may be the day before it. */
  const held = useRef<UtcDay | undefined>(undefined);
  const show = (day: UtcDay | undefined) => {
    held.current = day;
    if (field.current) field.current.value = day ?? "";
  };
  // A day that was typed here is not written again, because more may have been typed since.
  useLayoutEffect(() => {
    if (value !== held.current) show(value);
  });
  return (
    <label>
      {name}
      <input
        type="date"
        required
        min="1970-01-01"
        max={max}
        ref={field}
        onChange={({ currentTarget }) => {
          const day = parseUtcDay(currentTarget.value);
          if (!day || !currentTarget.validity.valid) return;
          held.current = day;
          onDay(day);
        }}
        onBlur={() => show(held.current)}
      />
    </label>
  );
}
