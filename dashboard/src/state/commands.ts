import type { Answer } from "../api/answer.ts";
import type { BackfillApi, Selection, SiteRange } from "../api/backfill-api.ts";
import { latest } from "../api/latest.ts";
import type { Place } from "../calendar/days.ts";
import { whole } from "../progress/figures.ts";
import type { Session, Surroundings } from "./session.ts";
import type { Store } from "./store.ts";

/** Errors of a day that are shown. */
const ERRORS_SHOWN = 20;
const AUDIT_POLL_MS = 1_000;

export type Commands = ReturnType<typeof commandsOf>;

/** What an operator does: each asks the Worker, and says in the notice what became of it. */
export function commandsOf(store: Store, session: Session, { sleep }: Pick<Surroundings, "sleep">) {
  const say = (tone: "asked" | "done" | "refused", text: string) =>
    store.dispatch({ type: "notice", notice: { tone, text } });

  const errorLists = latest();

  /** The answer, unless the session has ended or ends with it: to whoever signs in next it says nothing. */
  async function ask<T>(question: (api: BackfillApi) => Promise<Answer<T>>): Promise<Answer<T> | undefined> {
    const { api } = session;
    if (!api) return undefined;
    const answer = await question(api);
    return session.api !== api || (!answer.ok && session.endedBy(answer.fault)) ? undefined : answer;
  }

  /** One order at a time: a button that is pressed twice means it once. */
  async function ordered<T>(
    asked: string,
    call: (api: BackfillApi) => Promise<Answer<T>>,
    done: (body: T) => string,
  ): Promise<boolean> {
    if (!session.api || store.state.notice?.tone === "asked") return false;
    say("asked", asked);
    const answer = await ask(call);
    if (!answer) return false;
    if (answer.ok) {
      say("done", done(answer.body));
      await look();
    } else say("refused", answer.fault.message);
    return answer.ok;
  }

  /** The stream would tell it within two seconds; whoever ordered something looks for it at once. */
  async function look(): Promise<void> {
    const before = store.state.live.status;
    const answer = await ask((api) => api.status(AbortSignal.timeout(10_000)));
    // What was heard meanwhile is newer than this, or is followed by what is.
    if (!answer?.ok || store.state.live.status !== before) return;
    session.hear({ kind: "status", status: answer.body, by: store.state.live.by ?? "poll" });
  }

  async function start(asked: Selection, force: boolean): Promise<void> {
    const done = await ordered(
      "Starting …",
      (api) => api.start(asked, force),
      (body) => `Backfill ${body.status}: ${whole(body.estimated_site_days)} days.`,
    );
    if (!done) return;
    store.dispatch({ type: "select", selection: undefined });
    session.askForDays(asked.sites.map((site) => ({ site, from: asked.from, to: asked.to })));
  }

  return {
    start,

    async plan(of: Selection, force: boolean): Promise<void> {
      const question = { of, force };
      store.dispatch({ type: "plan-asked", question });
      const answer = await ask((api) => api.plan(of, force));
      if (!answer) return;
      const said = answer.ok
        ? { plan: answer.body, refusal: undefined }
        : { plan: undefined, refusal: answer.fault.message };
      store.dispatch({ type: "planned", to: question, ...said });
    },

    async cancel(): Promise<void> {
      await ordered(
        "Cancelling …",
        (api) => api.cancel(),
        (body) =>
          body.sites_stopping.length > 0
            ? `${body.message} Still stopping: ${body.sites_stopping.join(", ")}.`
            : body.message,
      );
    },

    async retry(range: Partial<SiteRange>): Promise<void> {
      await ordered(
        "Taking up failed days …",
        (api) => api.retry(range),
        (body) => `${whole(body.days)} failed ${body.days === 1 ? "day is" : "days are"} taken up again.`,
      );
    },

    async verify(mode: "quick" | "full", range: SiteRange): Promise<void> {
      const started = await ordered(
        mode === "full" ? "Reading and recounting …" : "Comparing with R2 …",
        (api) => api.verify(mode, range),
        () => "Verification runs.",
      );
      const { api } = session;
      if (!started || !api) return;
      await audited(api, range.site);
      session.askForDays([range]);
    },

    async openDay(place: Place): Promise<void> {
      store.dispatch({ type: "open-day", place });
      const answer = await ask((api) => api.audits());
      if (answer?.ok) store.dispatch({ type: "audits", audits: answer.body.audits });
    },

    async readErrors(place: Place): Promise<void> {
      const range = { site: place.site, from: place.day, to: place.day };
      const signal = errorLists.next();
      const answer = await ask((api) => api.errors(range, ERRORS_SHOWN, signal));
      if (!answer || signal.aborted) return;
      const errors = answer.ok ? answer.body.errors : answer.fault.message;
      store.dispatch({ type: "day-errors", place, errors });
    },
  };

  /** Until the site's audit is done; shows how far it is. */
  async function audited(api: BackfillApi, site: string): Promise<void> {
    while (session.api === api) {
      const answer = await ask(() => api.audits());
      if (answer?.ok) {
        store.dispatch({ type: "audits", audits: answer.body.audits });
        const audit = answer.body.audits.find((one) => one.site === site);
        if (audit?.state === "completed") {
          const wrong = audit.problems_total;
          return say(
            wrong === 0 ? "done" : "refused",
            wrong === 0
              ? `Verified: ${whole(audit.days_ok)} of ${whole(audit.days_checked)} days agree with R2.`
              : `${whole(wrong)} of ${whole(audit.days_checked)} days don't agree with R2; they are fetched again.`,
          );
        }
      }
      await sleep(AUDIT_POLL_MS);
    }
  }
}
