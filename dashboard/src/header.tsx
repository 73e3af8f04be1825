import { hashOfView } from "./address/address.ts";
import { duration } from "./formatting.ts";
import { type Freshness, freshness } from "./progress/progress.tsx";
import type { Notice as NoticeState, PageState, View } from "./store/store.ts";

const VIEWS: readonly { readonly view: View; readonly name: string }[] = [
  { view: "backfill", name: "Backfill" },
  { view: "live", name: "Live data" },
  { view: "explorer", name: "Explorer" },
];

export function Header({ state, onSignOut }: { state: PageState; onSignOut(): void }) {
  return (
    <header>
      <h1>Building Vitals</h1>
      <nav aria-label="Views">
        {VIEWS.map(({ view, name }) => (
          <a
            key={view}
            href={hashOfView(state, view) || "#backfill"}
            {...(state.view === view ? { "aria-current": "page" } : {})}
          >
            {name}
          </a>
        ))}
      </nav>
      <Connection of={freshness(state.live, state.now)} />
      <button type="button" class="quiet" onClick={onSignOut}>
        Sign out
      </button>
    </header>
  );
}

/** Whether the values shown are current. A screen reader reads the change, not every second of the age. */
function Connection({ of }: { of: Freshness }) {
  return (
    <p class="connection" data-kind={of.kind}>
      {/* The same element for every text: a screen reader does not read a region that is added with its text. */}
      <strong role="status">{connectionText(of)}</strong>
      {of.kind === "lost" && of.ageMs > 0 && `. The values shown are ${duration(of.ageMs)} old.`}
      {of.kind === "lost" && of.why && ` ${of.why}.`}
    </p>
  );
}

function connectionText(of: Freshness): string {
  switch (of.kind) {
    case "connecting":
      return "Connecting …";
    case "live":
      return "Live";
    case "lost":
      return "Connection lost, retrying";
    default:
      return of satisfies never;
  }
}

/** The result of the last command. The element is always there, so that a screen reader reads each new text. */
export function Notice({ notice, onClose }: { notice: NoticeState | undefined; onClose(): void }) {
  return (
    <div class="notice" data-tone={notice?.tone ?? "none"}>
      <p role="status">{notice?.text}</p>
      {notice && (
        <button type="button" class="quiet" aria-label="Dismiss the message" onClick={onClose}>
          ×
        </button>
      )}
    </div>
  );
}
