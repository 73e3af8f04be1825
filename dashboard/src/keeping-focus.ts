/**
 * Draws, and keeps the keyboard where it was: a button that goes with what it did (a cancel, a retry, a sign-in) would
 * send it back to the top of the page. Who stood on it stands on what was around it.
 */
export function keepingFocus(draw: () => void): void {
  const stood = document.activeElement;
  const around = pathOf(stood);
  draw();
  if (stood === document.body || document.activeElement !== document.body) return;
  const left = around.find((element) => element.isConnected && element.matches("section, header, main"));
  const place = left ?? document.querySelector<HTMLElement>("main");
  if (!place) return;
  if (place.tabIndex < 0) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

function pathOf(element: Element | null): HTMLElement[] {
  const path: HTMLElement[] = [];
  for (let at = element?.parentElement; at; at = at.parentElement) path.push(at);
  return path;
}
