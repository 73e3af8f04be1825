/**
 * Draws, and keeps the keyboard focus near where it was. A button that disappears with its action (cancel, retry, sign
 * in) would send the focus back to the top of the page; instead the region around the button takes it. A component that
 * moves the focus itself does so in a layout effect: that runs within `draw`, so its choice is kept.
 */
export function keepFocus(draw: () => void): void {
  const focused = document.activeElement;
  const ancestors = ancestorsOf(focused);
  draw();
  if (focused === document.body || document.activeElement !== document.body) return;
  const region = ancestors.find((element) => element.isConnected && element.matches("section, header, main"));
  const target = region ?? document.querySelector<HTMLElement>("main");
  if (!target) return;
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

function ancestorsOf(element: Element | null): HTMLElement[] {
  const ancestors: HTMLElement[] = [];
  for (let at = element?.parentElement; at; at = at.parentElement) ancestors.push(at);
  return ancestors;
}
