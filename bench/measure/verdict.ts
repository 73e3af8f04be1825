/** A figure and its bound. Ratios and bytes have bounds; times vary too much between runs to have any. */
export interface Figure {
  readonly what: string;
  readonly shown: string;
  readonly bound?: string;
  /** Whether the bound is kept; absent without a bound. */
  readonly ok?: boolean;
}

export const atMost = (what: string, value: number, max: number, unit = ""): Figure => ({
  what,
  shown: `${Number.isInteger(value) ? value : value.toFixed(2)}${unit}`,
  bound: `≤ ${max}${unit}`,
  ok: value <= max,
});

export const mustBe = (what: string, shown: string, ok: boolean): Figure => ({
  what,
  shown,
  bound: "equal",
  ok,
});

/** A figure without a bound. */
export const report = (what: string, shown: string): Figure => ({ what, shown });

/** The titles of the columns of `figureRow`. */
export const FIGURE_COLUMNS = ["what", "figure", "bound", ""] as const;

/** A figure as a row of a table: it, its bound, and whether that is kept. */
export const figureRow = ({ what, shown, bound = "", ok }: Figure): string[] => [
  what,
  shown,
  bound,
  ok === undefined ? "" : ok ? "ok" : "OVER",
];

export const KB = 1024;
export const kb = (bytes: number) => `${Math.round(bytes / KB)} KB`;
export const MIB = 2 ** 20;
export const mib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;
export const seconds = (value: number) => `${value.toFixed(1)} s`;
