/** 1,234,567 */
export const integer = (value: number) => Math.round(value).toLocaleString("en");

/** A rate: with one decimal below ten, as an integer above. */
export const rate = (value: number) => (value < 10 ? value.toFixed(1) : integer(value));

/** A time span by its two greatest units: 2 h 5 min. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** 12.1 MB */
export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  const [unit, size] = value < 1_000_000 ? ["KB", value / 1_000] : ["MB", value / 1_000_000];
  return `${size < 10 ? size.toFixed(1) : integer(size)} ${unit}`;
}

/** 2024-06-01 12:00:05 UTC */
export const instant = (iso: string) => `${iso.slice(0, 19).replace("T", " ")} UTC`;

/** "1 day", "2 days" */
export const counted = (count: number, noun: string) => `${integer(count)} ${noun}${count === 1 ? "" : "s"}`;
