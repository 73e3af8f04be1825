import { tableLines } from "../../terminal/terminal.ts";

/** One figure against its bound. Ratios and bytes are judged; times are shown, for they are noise. */
export interface Figure {
  readonly what: string;
  readonly shown: string;
  readonly bound?: string;
  /** Absent: told, not judged. */
  readonly ok?: boolean;
}

export const atMost = (what: string, value: number, max: number, unit = ""): Figure => ({
  what,
  shown: `${value.toFixed(2)}${unit}`,
  bound: `≤ ${max}${unit}`,
  ok: value <= max,
});

export const mustBe = (what: string, shown: string, ok: boolean): Figure => ({
  what,
  shown,
  bound: "equal",
  ok,
});

export const told = (what: string, shown: string): Figure => ({ what, shown });

/** Prints the table; true where nothing is over its bound. */
export function verdict(title: string, figures: readonly Figure[]): boolean {
  const rows = figures.map(({ what, shown, bound = "", ok }) => [
    what,
    shown,
    bound,
    ok === undefined ? "" : ok ? "ok" : "OVER",
  ]);
  console.log(`\n${title}`);
  const lines = tableLines(
    [
      { title: "what", align: "left" },
      { title: "figure", align: "right" },
      { title: "bound", align: "left" },
      { title: "", align: "left" },
    ],
    rows,
    { width: 120 },
  );
  for (const line of lines) console.log(line);
  return figures.every(({ ok }) => ok !== false);
}

export const MIB = 2 ** 20;
export const mib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;
export const seconds = (value: number) => `${value.toFixed(1)} s`;
