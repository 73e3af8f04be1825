/** Numbers as a person reads them in a terminal. */

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export const whole = (value: number) => WHOLE.format(value);

/** `m:ss`, or `h:mm:ss` from an hour on. */
export function clockOf(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number) => String(part).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
