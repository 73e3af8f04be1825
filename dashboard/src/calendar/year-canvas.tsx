import { useLayoutEffect, useRef } from "preact/hooks";
import { type Picture, paintYear, YEAR_HEIGHT, YEAR_WIDTH } from "./paint.ts";
import type { Palette } from "./palette.ts";

interface YearCanvasProps extends Picture {
  readonly site: string;
  readonly palette: Palette;
}

/** One canvas for the 366 days of a year, redrawn only when one of them changes. */
export function YearCanvas({ site, palette, ...picture }: YearCanvasProps) {
  const element = useRef<HTMLCanvasElement>(null);
  const { year, days, throttled, selected, last } = picture;
  useLayoutEffect(() => {
    const canvas = element.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const scale = devicePixelRatio;
    canvas.width = YEAR_WIDTH * scale;
    canvas.height = YEAR_HEIGHT * scale;
    context.scale(scale, scale);
    paintYear(context, picture, palette);
  }, [palette, year, days, throttled, selected?.from, selected?.to, last]);
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas takes no focus; the cell around it says what it shows
  return <canvas ref={element} aria-hidden="true" data-site={site} data-year={year} class="year" />;
}
