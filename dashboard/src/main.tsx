import { render } from "preact";
import "./style/base.css";
import "./style/parts.css";
import "./style/calendar.css";
import { App } from "./app.tsx";
import { explorerCommandsOf } from "./explorer/commands.ts";
import { keepingFocus } from "./keeping-focus.ts";
import { commandsOf } from "./state/commands.ts";
import { Session, type Surroundings } from "./state/session.ts";
import { initialState, type View } from "./state/state.ts";
import { openStore } from "./state/store.ts";

const root = document.getElementById("app") as HTMLElement;
const viewOf = (hash: string): View => (hash === "#explorer" ? "explorer" : "backfill");

const surroundings: Surroundings = {
  fetch: (input, init) => fetch(input, init),
  keep: sessionStorage,
  origin: location.origin,
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      // Taken off again: a session's signal sees a sleep every few seconds, for days.
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal?.addEventListener("abort", wake);
    }),
};

/** However many actions come in between, one frame draws once. */
let drawing = false;
const store = openStore(initialState(Date.now(), viewOf(location.hash)), () => {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    keepingFocus(draw);
  });
});
const explorer = explorerCommandsOf(store, surroundings);
const session = new Session(store, surroundings, explorer.forget);
const commands = commandsOf(store, session, surroundings);

function draw(): void {
  const { state, dispatch } = store;
  const current = () => store.state;
  render(<App {...{ state, current, dispatch, session, commands, explorer }} />, root);
}

draw();
setInterval(() => store.dispatch({ type: "tick", now: Date.now() }), 1_000);
addEventListener("hashchange", () => store.dispatch({ type: "view", view: viewOf(location.hash) }));
void session.resume();
explorer.resume();
