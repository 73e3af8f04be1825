import { Calendar } from "./calendar/calendar.tsx";
import { DayPanel } from "./day/day-panel.tsx";
import type { ExplorerCommands } from "./explorer/commands.ts";
import { ExplorerView } from "./explorer/explorer-view.tsx";
import { Header } from "./header.tsx";
import { Notice } from "./notice.tsx";
import { PlanPanel } from "./plan/plan-panel.tsx";
import { Alerts } from "./progress/alerts.tsx";
import { FailedDays } from "./progress/failed-days.tsx";
import { Overall } from "./progress/overall.tsx";
import { Sites } from "./progress/sites.tsx";
import { SignIn } from "./sign-in.tsx";
import type { Commands } from "./state/commands.ts";
import type { Action } from "./state/reduce.ts";
import type { Session } from "./state/session.ts";
import type { State } from "./state/state.ts";

export interface Shown {
  /** As it is drawn. */
  readonly state: State;
  /** As it is: keys come faster than frames, and each goes on where the one before it led. */
  readonly current: () => State;
  readonly dispatch: (action: Action) => void;
  readonly commands: Commands;
}

interface AppProps extends Shown {
  readonly session: Session;
  readonly explorer: ExplorerCommands;
}

export function App(props: AppProps) {
  const { state, current, dispatch, commands, session, explorer } = props;
  if (state.session.kind !== "open")
    return <SignIn session={state.session} onToken={(token) => session.signIn(token)} />;
  const shown = { state, current, dispatch, commands };
  return (
    <>
      <Header state={state} onSignOut={() => session.signOut()} />
      <Notice notice={state.notice} onClose={() => dispatch({ type: "notice", notice: undefined })} />
      {state.view === "explorer" ? (
        <main>
          <ExplorerView state={state} commands={explorer} />
        </main>
      ) : (
        <main class="backfill">
          <div class="wide">
            <Alerts status={state.live.status} />
            <Overall {...shown} />
          </div>
          <div class="days">
            <Calendar {...shown} />
            <Sites {...shown} />
            <FailedDays {...shown} />
          </div>
          <aside class="beside">
            <PlanPanel {...shown} />
            <DayPanel {...shown} explorer={explorer} />
          </aside>
        </main>
      )}
    </>
  );
}
