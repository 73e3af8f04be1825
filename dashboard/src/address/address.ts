import type { EpochMs } from "../../../src/domain/day.ts";
import { choicesOf } from "../explorer/explorer.tsx";
import type { SiteDay } from "../ranges.ts";
import { type Page, type PageState, sitesOf, type View } from "../store/store.ts";
import { type Address, hashOf, parseHash } from "./hash.ts";

/** The address bar and the history of the browser. */
export interface AddressBar {
  /** The URL from "#" on. */
  read(): string;
  /** `push` adds a step to the history; `replace` changes the present one. */
  write(hash: string, how: "push" | "replace"): void;
}

/** The address of the page with another view, for links. */
export const hashOfView = (state: PageState, view: View): string => hashOf({ ...addressOf(state), view });

/** The view that a hash names. */
export const viewOf = (hash: string): View => parseHash(hash, []).view;

const addressOf = ({ view, day, calendar, explorer }: PageState): Address => ({
  view,
  day: day.siteDay,
  selection: calendar.selection,
  explorer: choicesOf(explorer),
});

/** Two changes of a chart's range in this time are one step: a date that is typed, or a fast series of clicks. */
const ONE_STEP_MS = 1_000;

/**
 * Keeps the address and the page state the same: `changed` is to be called after every change of the state, `restore` after
 * every change of the address. Without a session nothing is written, and the address is restored with the sign-in.
 */
export function followAddress(
  { store, commands, explorer }: Pick<Page, "store" | "commands" | "explorer">,
  bar: AddressBar,
) {
  /** What the address says; undefined without a session. */
  let current: Address | undefined;
  let restoring = false;
  let spanChangedAt = Number.NEGATIVE_INFINITY;

  function restore(): void {
    if (store.state.session.kind !== "open") return;
    restoring = true;
    const address = parseHash(bar.read(), sitesOf(store.state));
    const { view, day, selection } = address;
    store.dispatch({ type: "view", view });
    if (!isSame(selection, store.state.calendar.selection)) store.dispatch({ type: "select", selection });
    if (!isSame(day, store.state.day.siteDay)) openDay(day);
    if (!isSame(address.explorer, choicesOf(store.state.explorer))) explorer.restore(address.explorer);
    restoring = false;
    current = addressOf(store.state);
    // Without what could not be restored.
    if (hashOf(current) !== bar.read()) bar.write(hashOf(current), "replace");
  }

  function openDay(siteDay: SiteDay | undefined): void {
    if (siteDay) void commands.openDay(siteDay);
    else store.dispatch({ type: "open-day", siteDay });
  }

  function changed(): void {
    const { session, now } = store.state;
    if (restoring) return;
    if (session.kind !== "open") {
      // After a sign-out nothing tells what was shown; a key that is rejected may be entered again.
      if (current && session.kind === "locked" && session.why === undefined) bar.write("", "replace");
      current = undefined;
      return;
    }
    if (current) write(current, now);
    else restore();
  }

  function write(before: Address, now: EpochMs): void {
    const next = addressOf(store.state);
    if (hashOf(next) === hashOf(before)) return;
    const step = stepOf(before, next);
    const continues = step === "span" && now - spanChangedAt < ONE_STEP_MS;
    if (step === "span") spanChangedAt = now;
    current = next;
    bar.write(hashOf(next), step === undefined || continues ? "replace" : "push");
  }

  return { changed, restore };
}

/** The step between two addresses that Back goes back by; undefined for what is typed or dragged. */
function stepOf(before: Address, after: Address): "choice" | "span" | undefined {
  const chosen = ({ view, day, explorer: { span, search, ...choices } }: Address) => [view, day, choices];
  if (!isSame(chosen(before), chosen(after))) return "choice";
  return isSame(before.explorer.span, after.explorer.span) ? undefined : "span";
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
