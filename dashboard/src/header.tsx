import { duration } from "./progress/figures.ts";
import { type Freshness, freshness } from "./progress/live.ts";
import type { State, View } from "./state/state.ts";

const VIEWS: readonly { readonly view: View; readonly name: string }[] = [
  { view: "backfill", name: "Backfill" },
  { view: "explorer", name: "Explorer" },
];

export function Header({ state, onSignOut }: { state: State; onSignOut(): void }) {
  return (
    <header>
      <h1>Building Vitals</h1>
      <nav aria-label="Views">
        {VIEWS.map(({ view, name }) => (
          <a key={view} href={`#${view}`} {...(state.view === view ? { "aria-current": "page" } : {})}>
            {name}
          </a>
        ))}
      </nav>
      <Link of={freshness(state.live, state.now)} />
      <button type="button" class="quiet" onClick={onSignOut}>
        Sign out
      </button>
    </header>
  );
}

/** Says at every moment whether what is shown is of now. Read out when it changes, not at every second of its age. */
function Link({ of }: { of: Freshness }) {
  return (
    <p class="link" data-kind={of.kind}>
      {/* One region, whatever it says: one that comes with its text is not read out. */}
      <strong role="status">{wordOf(of)}</strong>
      {of.kind === "old" && ` by ${duration(of.ageMs)}; reconnecting.`}
      {of.kind !== "live" && of.why && ` ${of.why}`}
    </p>
  );
}

function wordOf(of: Freshness): string {
  switch (of.kind) {
    case "connecting":
      return "Connecting …";
    case "live":
      return of.by === "stream" ? "Live" : "Live, by polling";
    case "old":
      return "Out of date";
    default:
      return of satisfies never;
  }
}
