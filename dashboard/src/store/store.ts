import type { Browser } from "../browser.ts";
import { explorerCommands } from "../explorer/explorer.tsx";
import { syncCommands } from "../sync/sync.tsx";
import { backfillCommands } from "./backfill-commands.ts";
import { initialState, type View } from "./page-state.ts";
import { openStore } from "./reduce.ts";
import { Session } from "./session.ts";

export {
  type Notice,
  type PageState,
  plannedRange,
  type SessionState,
  sitesOf,
  type View,
} from "./page-state.ts";

export type Page = ReturnType<typeof openPage>;

/** The state of the page, the session and what an operator can do. `onChange` is called after every change of state. */
export function openPage(browser: Browser, view: View, onChange: () => void) {
  const store = openStore(initialState(browser.now(), view), onChange);
  const explorer = explorerCommands(
    {
      get state() {
        return store.state.explorer;
      },
      dispatch: (action) => store.dispatch({ type: "explorer", action }),
    },
    browser,
  );
  const sync = syncCommands({ dispatch: (action) => store.dispatch({ type: "sync", action }) }, browser);
  const session = new Session(store, browser, {
    onOpen: sync.resume,
    onEnd() {
      explorer.signOut();
      sync.stop();
    },
  });
  return { store, session, explorer, sync, commands: backfillCommands(store, session, browser) };
}
