import { useRef } from "preact/hooks";
import type { UtcDay } from "../../../src/domain/day.ts";
import type { Place } from "./days.ts";
import { dayUnder } from "./paint.ts";

interface Meanings {
  /** The pointer is on a day; `extend` while it drags. */
  onMove(to: Place, extend: boolean): void;
  onOpen(place: Place): void;
  /** A range is drawn to its end. */
  onRange(from: Place, to: Place): void;
}

/**
 * A press on a day and its release there opens it, elsewhere it ends a range. A finger drags the page, not a range: it
 * taps, and has the fields of the plan.
 */
export function useDrag(last: UtcDay, { onMove, onOpen, onRange }: Meanings) {
  const began = useRef<Place | undefined>(undefined);
  const at = useRef<Place | undefined>(undefined);
  return {
    onPointerDown(event: PointerEvent) {
      const place = placeUnder(event);
      if (!place || place.day > last || event.button !== 0 || event.pointerType === "touch") return;
      // Wherever it is let go, it is heard here.
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      began.current = at.current = place;
      onMove(place, event.shiftKey);
    },
    onPointerMove(event: PointerEvent) {
      const under = began.current && placeUnder(event);
      if (!under) return;
      // Days that are not over are not drawn: a drag over them ends at the last one that is.
      const place = under.day > last ? { ...under, day: last } : under;
      if (same(place, at.current)) return;
      at.current = place;
      onMove(place, true);
    },
    onPointerUp(event: PointerEvent) {
      const [from, to] = [began.current, at.current];
      began.current = undefined;
      const tapped = event.pointerType === "touch" ? placeUnder(event) : undefined;
      if (tapped && tapped.day > last) return;
      const opened = tapped ?? (from && same(from, to) && !event.shiftKey ? from : undefined);
      if (opened) {
        onMove(opened, false);
        onOpen(opened);
      } else if (from && to) onRange(from, to);
    },
    onPointerCancel() {
      began.current = undefined;
    },
  };
}

const same = (a: Place, b: Place | undefined) => a.site === b?.site && a.day === b.day;

/** The day under the pointer, of whichever picture it is over by now. */
function placeUnder({ clientX, clientY }: PointerEvent): Place | undefined {
  const canvas = document
    .elementsFromPoint(clientX, clientY)
    .find((element) => element instanceof HTMLCanvasElement);
  const { site, year } = canvas?.dataset ?? {};
  if (!canvas || site === undefined || year === undefined) return undefined;
  const { left, top } = canvas.getBoundingClientRect();
  const day = dayUnder(Number(year), clientX - left, clientY - top);
  return day && { site, day };
}
