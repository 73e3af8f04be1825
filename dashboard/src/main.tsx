import { render } from "preact";
import "./style/base.css";
import "./style/parts.css";
import "./style/calendar.css";
import { App } from "./app.tsx";
import type { Browser } from "./browser.ts";
import { keepFocus } from "./keep-focus.ts";
import { openPage, type View } from "./store/store.ts";

const root = document.getElementById("app") as HTMLElement;
const viewOf = (hash: string): View => (hash === "#explorer" ? "explorer" : "backfill");

const browser: Browser = {
  fetch: (input, init) => fetch(input, init),
  storage: sessionStorage,
  origin: location.origin,
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      // The listener is removed, because a session's signal lives for days and there is a sleep every few seconds.
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener("abort", end);
    }),
};

/** All actions between two frames are drawn once. */
let drawRequested = false;
const page = openPage(browser, viewOf(location.hash), () => {
  if (drawRequested) return;
  drawRequested = true;
  requestAnimationFrame(() => {
    drawRequested = false;
    keepFocus(draw);
  });
});

function draw(): void {
  render(<App page={page} />, root);
}

draw();
setInterval(() => page.store.dispatch({ type: "tick", now: Date.now() }), 1_000);
addEventListener("hashchange", () => page.store.dispatch({ type: "view", view: viewOf(location.hash) }));
void page.session.resume();
page.explorer.resume();
