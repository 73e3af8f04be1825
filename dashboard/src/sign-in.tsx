import { useEffect, useRef } from "preact/hooks";
import type { Session } from "./state/state.ts";

interface SignInProps {
  readonly session: Exclude<Session, { kind: "open" }>;
  onToken(token: string): void;
}

export function SignIn({ session, onToken }: SignInProps) {
  const field = useRef<HTMLInputElement>(null);
  const why = session.kind === "locked" ? session.why : undefined;
  useEffect(() => field.current?.focus(), []);
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
        <label for="token">Token of the Backfill Worker</label>
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
          Its BACKFILL_API_KEY. This tab keeps it until it is closed, and sends it in a header alone.
        </p>
        <p role="alert" class="refusal">
          {why}
        </p>
        {/* Never disabled: that would take the focus from whoever pressed it. */}
        <button type="submit">{session.kind === "checking" ? "Checking …" : "Open"}</button>
      </form>
    </main>
  );
}
