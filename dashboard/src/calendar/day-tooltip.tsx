import { useLayoutEffect, useRef } from "preact/hooks";
import type { SiteDay } from "../ranges.ts";
import { cornerOf, SIZE } from "./paint.ts";
import { WEEKDAYS, weekdayOf, yearOf } from "./year.ts";

interface DayTooltipProps {
  readonly siteDay: SiteDay;
  /** The day's status and why it failed. */
  readonly text: string;
}

/** Pixels between the day, the tooltip and the edge of the window. */
const GAP = 6;

/**
 * Says beside a day what it is: the day under the pointer, or the one under the keyboard cursor. A screen reader reads the
 * same from the day's cell.
 */
export function DayTooltip({ siteDay, text }: DayTooltipProps) {
  const element = useRef<HTMLDivElement>(null);
  const { site, day } = siteDay;
  useLayoutEffect(() => {
    const place = () => placeBeside(element.current, siteDay);
    place();
    // Also when a region inside the page scrolls.
    addEventListener("scroll", place, { capture: true, passive: true });
    return () => removeEventListener("scroll", place, { capture: true });
  }, [siteDay, text]);
  return (
    <div ref={element} class="tooltip" aria-hidden="true">
      <strong>
        {WEEKDAYS[weekdayOf(day)]} {day}
      </strong>{" "}
      {site}
      <br />
      {text}
    </div>
  );
}

/** Below the day, or above it where there is no room; never outside of the window. */
function placeBeside(tooltip: HTMLElement | null, { site, day }: SiteDay): void {
  const canvas = [...document.querySelectorAll<HTMLCanvasElement>("canvas.year")].find(
    ({ dataset }) => dataset.site === site && dataset.year === String(yearOf(day)),
  );
  if (!tooltip || !canvas) return;
  const [picture, { width, height }] = [canvas.getBoundingClientRect(), tooltip.getBoundingClientRect()];
  const corner = cornerOf(day);
  const [x, y] = [picture.left + corner.x, picture.top + corner.y];
  const below = y + SIZE + GAP;
  const top = below + height > innerHeight ? y - GAP - height : below;
  tooltip.style.left = `${Math.max(GAP, Math.min(x, document.documentElement.clientWidth - width - GAP))}px`;
  tooltip.style.top = `${Math.max(GAP, top)}px`;
}
