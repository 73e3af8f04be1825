import { useLayoutEffect, useRef } from "preact/hooks";
import type { SessionState } from "./store/store.ts";

interface SignInProps {
  readonly session: Exclude<SessionState, { kind: "open" }>;
  onToken(token: string): void;
}

export function SignIn({ session, onToken }: SignInProps) {
  const field = useRef<HTMLInputElement>(null);
  const why = session.kind === "locked" ? session.why : undefined;
  useLayoutEffect(() => field.current?.focus(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    if (session.kind === "checking") return;
    const token = field.current?.value.trim() ?? "";
    if (token !== "") onToken(token);
  };
  return (
    <main class="sign-in">
      <h1>Building Vitals</h1>
      <form onSubmit={submit}>
        <label for="token">API key of the Backfill Worker</label>
        <input
          id="token"
          type="password"
          ref={field}
          required
          autocomplete="off"
          spellcheck={false}
          aria-describedby="token-hint"
          {...(why ? { "aria-invalid": true } : {})}
        />
        <p id="token-hint" class="hint">
          The value of BACKFILL_API_KEY. It is sent only in the Authorization header, and this tab forgets it
          when it is closed.
        </p>
        <p role="alert" class="error">
          {why}
        </p>
        {/* Never disabled: a disabled button would lose the keyboard focus. */}
        <button type="submit">{session.kind === "checking" ? "Checking …" : "Sign in"}</button>
      </form>
    </main>
  );
}
