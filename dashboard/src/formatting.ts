/** 1,234,567 */
export const integer = (value: number) => Math.round(value).toLocaleString("en");

/** At most four significant digits: 9.123, 1,235. */
export const rounded = (value: number) => value.toLocaleString("en", { maximumSignificantDigits: 4 });

/** A rate: with one decimal below ten, with four significant digits above. */
export const rate = (value: number) => (value < 10 ? value.toFixed(1) : rounded(Math.round(value)));

/** A time span by its two greatest units: 2 h 5 min. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** At most three significant digits and a decimal unit: 12.1 MB, 166 MB. */
export function bytes(value: number): string {
  let [size, unit] = [value, 0];
  // 999,500 B would be written 1,000 kB.
  while (Number(size.toPrecision(3)) >= 1_000 && unit < BYTE_UNITS.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${size.toLocaleString("en", { maximumSignificantDigits: 3 })} ${BYTE_UNITS[unit]}`;
}

/** 2024-06-01 12:00:05 UTC */
export const instant = (iso: string) => `${iso.slice(0, 19).replace("T", " ")} UTC`;

/** "1 day", "2 days", "2 retries" */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${integer(count)} ${Math.round(count) === 1 ? singular : plural}`;
}
