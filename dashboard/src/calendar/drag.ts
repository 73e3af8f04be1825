import { useRef } from "preact/hooks";
import type { UtcDay } from "../../../src/domain/day.ts";
import type { SiteDay } from "../ranges.ts";
import { dayUnder } from "./paint.ts";

interface DragHandlers {
  /** The day under a mouse, also while no button is pressed; undefined outside of all days. */
  onHover(siteDay: SiteDay | undefined): void;
  /** The pointer is over a day; `extend` while it drags. */
  onMove(to: SiteDay, extend: boolean): void;
  onOpen(siteDay: SiteDay): void;
  /** The drag of a range has ended. */
  onRange(from: SiteDay, to: SiteDay): void;
}

/**
 * Pointer handlers of the calendar: a click opens the day, a drag selects a range. On a touch screen a drag scrolls the page
 * and a tap opens the day; ranges are entered in the plan's fields.
 */
export function useDrag(last: UtcDay, { onHover, onMove, onOpen, onRange }: DragHandlers) {
  const start = useRef<SiteDay | undefined>(undefined);
  const at = useRef<SiteDay | undefined>(undefined);
  return {
    onPointerDown(event: PointerEvent) {
      const siteDay = dayAtPointer(event);
      if (!siteDay || siteDay.day > last || event.button !== 0 || event.pointerType === "touch") return;
      // The release arrives here too when it happens outside of the calendar.
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      start.current = at.current = siteDay;
      onMove(siteDay, event.shiftKey);
    },
    onPointerMove(event: PointerEvent) {
      const under = dayAtPointer(event);
      if (event.pointerType !== "touch") onHover(under && under.day <= last ? under : undefined);
      if (!start.current || !under) return;
      // Days of the future are not drawn: a drag over them ends at the last day that is.
      const siteDay = under.day > last ? { ...under, day: last } : under;
      if (isSame(siteDay, at.current)) return;
      at.current = siteDay;
      onMove(siteDay, true);
    },
    onPointerUp(event: PointerEvent) {
      const [from, to] = [start.current, at.current];
      start.current = undefined;
      const tapped = event.pointerType === "touch" ? dayAtPointer(event) : undefined;
      if (tapped && tapped.day > last) return;
      const opened = tapped ?? (from && isSame(from, to) && !event.shiftKey ? from : undefined);
      if (opened) {
        onMove(opened, false);
        onOpen(opened);
      } else if (from && to) onRange(from, to);
    },
    onPointerLeave() {
      onHover(undefined);
    },
    onPointerCancel() {
      start.current = undefined;
    },
  };
}

const isSame = (a: SiteDay, b: SiteDay | undefined) => a.site === b?.site && a.day === b.day;

/** The day under the pointer, in any year of any site. */
function dayAtPointer({ clientX, clientY }: PointerEvent): SiteDay | undefined {
  const canvas = document
    .elementsFromPoint(clientX, clientY)
    .find((element) => element instanceof HTMLCanvasElement);
  const { site, year } = canvas?.dataset ?? {};
  if (!canvas || site === undefined || year === undefined) return undefined;
  const { left, top } = canvas.getBoundingClientRect();
  const day = dayUnder(Number(year), clientX - left, clientY - top);
  return day && { site, day };
}
