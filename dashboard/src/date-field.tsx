import { useLayoutEffect, useRef } from "preact/hooks";
import { parseUtcDay, type UtcDay } from "../../src/domain/day.ts";

interface DateFieldProps {
  readonly name: string;
  readonly value: UtcDay | undefined;
  readonly max?: UtcDay;
  onDay(day: UtcDay): void;
}

/**
 * A day to choose. While it is typed it passes through days that nobody means (the year 0002 on the way to 2024) and
 * through none at all (31 February): what stands in the field is the browser's, and told once it is a day within bounds.
 */
export function DateField({ name, value, max = "9999-12-31" as UtcDay, onDay }: DateFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const show = () => {
    if (field.current) field.current.value = value ?? "";
  };
  useLayoutEffect(show, [value]);
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
          if (day && currentTarget.validity.valid) onDay(day);
        }}
        onBlur={show}
      />
    </label>
  );
}
