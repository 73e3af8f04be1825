import { hashOfView } from "./address/address.ts";
import { Calendar } from "./calendar/calendar.tsx";
import { DayPanel } from "./day/day.tsx";
import { Explorer } from "./explorer/explorer.tsx";
import { Header, Notice } from "./header.tsx";
import { PlanPanel } from "./plan/plan.tsx";
import {
  Alerts,
  DueDays,
  FailedDays,
  isRetriable,
  isThrottled,
  Progress,
  Sites,
} from "./progress/progress.tsx";
import { SignIn } from "./sign-in.tsx";
import { type Page, plannedRange, sitesOf } from "./store/store.ts";
import { LiveData, SyncAlerts, SyncSummary } from "./sync/sync.tsx";

export function App({ page }: { page: Page }) {
  const { store, session } = page;
  const { state, dispatch } = store;
  if (state.session.kind !== "open")
    return <SignIn session={state.session} onToken={(token) => session.signIn(token)} />;
  return (
    <>
      <Header state={state} onSignOut={() => session.signOut()} />
      <Notice notice={state.notice} onClose={() => dispatch({ type: "notice", notice: undefined })} />
      <View page={page} requestsPerMinute={state.session.requestsPerMinute} />
    </>
  );
}

function View({ page, requestsPerMinute }: { page: Page; requestsPerMinute: number }) {
  const { state } = page.store;
  switch (state.view) {
    case "backfill":
      return <Backfill page={page} requestsPerMinute={requestsPerMinute} />;
    case "live":
      return (
        <main>
          <LiveData sync={state.sync} now={state.now} commands={page.sync} />
        </main>
      );
    case "explorer":
      return (
        <main>
          <Explorer
            explorer={state.explorer}
            current={() => page.store.state.explorer}
            sites={sitesOf(state)}
            days={state.calendar.days}
            commands={page.explorer}
          />
        </main>
      );
    default:
      return state.view satisfies never;
  }
}

function Backfill({ page, requestsPerMinute }: { page: Page; requestsPerMinute: number }) {
  const { store, commands, explorer } = page;
  const { state, dispatch } = store;
  const { live, now, calendar, day, plan } = state;
  const { status } = live;
  const [sites, throttled] = [sitesOf(state), isThrottled(status, now)];
  return (
    <main class="backfill">
      <div class="wide">
        <Alerts status={status} />
        <SyncAlerts sync={state.sync} />
        <Progress
          {...{ live, now, requestsPerMinute }}
          onCancel={() => commands.cancel()}
          onResume={commands.resume}
        />
        <SyncSummary sync={state.sync} now={now} href={hashOfView(state, "live")} />
      </div>
      <div class="days">
        <Calendar
          {...{ calendar, status, throttled, sites, now }}
          current={() => store.state.calendar}
          onCursor={(to, extend) => dispatch({ type: "cursor", to, extend })}
          onSelect={(selection) => dispatch({ type: "select", selection })}
          onEstimate={commands.estimate}
          onOpen={commands.openDay}
          onMoreYears={(at) => dispatch({ type: "more-years", at })}
        />
        <Sites {...{ status, now }} />
        <DueDays due={live.due} />
        <FailedDays
          {...{ status }}
          days={calendar.days}
          onRetryAll={() => commands.retry({})}
          onOpen={commands.openDay}
        />
      </div>
      <aside class="side">
        <PlanPanel
          {...{ plan, sites, now }}
          range={plannedRange(state)}
          onChange={(change) => dispatch({ type: "choose", change })}
          onSite={(site, included) => dispatch({ type: "choose-site", site, included })}
          onForce={(force) => dispatch({ type: "force", force })}
          isForced={() => store.state.plan.force}
          onEstimate={commands.estimatePlan}
          onStart={commands.startPlan}
        />
        <DayPanel
          open={day}
          day={day.siteDay && calendar.days.get(day.siteDay.site)?.get(day.siteDay.day)}
          loaded={day.siteDay !== undefined && calendar.days.has(day.siteDay.site)}
          throttled={throttled}
          retriable={day.siteDay !== undefined && isRetriable(day.siteDay, status)}
          commands={commands}
          onClose={() => dispatch({ type: "open-day", siteDay: undefined })}
          onShowSamples={(siteDay) => {
            dispatch({ type: "view", view: "explorer" });
            explorer.showDay(siteDay);
          }}
        />
      </aside>
    </main>
  );
}
