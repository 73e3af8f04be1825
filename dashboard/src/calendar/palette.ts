import { useEffect, useState } from "preact/hooks";
import { SHOWN, type ShownStatus } from "./shown-status.ts";

/** Colours of the picture, as the style sheet has them for the scheme at hand. */
export interface Palette {
  readonly status: Readonly<Record<ShownStatus, string>>;
  /** A day that nobody asked for. */
  readonly unasked: string;
  /** Marks on a day, and the months' names. */
  readonly mark: string;
  readonly text: string;
  readonly selected: string;
}

/** Read anew when the operator's light turns dark. */
export function usePalette(): Palette {
  const [palette, setPalette] = useState(readPalette);
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const read = () => setPalette(readPalette());
    dark.addEventListener("change", read);
    return () => dark.removeEventListener("change", read);
  }, []);
  return palette;
}

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    status: Object.fromEntries(SHOWN.map((status) => [status, colour(`day-${status}`)])) as Palette["status"],
    unasked: colour("day-unasked"),
    mark: colour("day-mark"),
    text: colour("text-soft"),
    selected: colour("accent"),
  };
}
