import { render } from "preact";
import "./style/base.css";
import "./style/parts.css";
import "./style/calendar.css";
import "./style/live.css";
import { followAddress, viewOf } from "./address/address.ts";
import { App } from "./app.tsx";
import type { Browser } from "./browser.ts";
import { keepFocus } from "./keep-focus.ts";
import { openPage } from "./store/store.ts";

const root = document.getElementById("app") as HTMLElement;

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
  address.changed();
  if (drawRequested) return;
  drawRequested = true;
  requestAnimationFrame(() => {
    drawRequested = false;
    keepFocus(draw);
  });
});

const address = followAddress(page, {
  read: () => location.hash,
  write: (hash, how) => {
    const url = hash || location.pathname;
    if (how === "push") history.pushState(null, "", url);
    else history.replaceState(null, "", url);
  },
});

function draw(): void {
  render(<App page={page} />, root);
}

draw();
setInterval(() => page.store.dispatch({ type: "tick", now: Date.now() }), 1_000);
// Back and Forward, links of the page, and what is typed into the address bar.
addEventListener("popstate", address.restore);
void page.session.resume();
page.explorer.resume();
