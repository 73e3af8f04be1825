import { WorkerUrl, workerOrigin } from "../worker-url.tsx";
import type { ExplorerCommands } from "./explorer-commands.ts";
import type { ExplorerState } from "./explorer-state.ts";

interface QuerySignInProps {
  readonly explorer: ExplorerState;
  readonly commands: Pick<ExplorerCommands, "proposedUrl" | "signIn">;
}

export function QuerySignIn({ explorer, commands }: QuerySignInProps) {
  const checking = explorer.access === "checking";
  return (
    <section class="sign-in" aria-labelledby="query">
      <h2 id="query">Sign in to the Query Worker</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (checking) return;
          const fields = new FormData(event.currentTarget);
          void commands.signIn(workerOrigin(fields), String(fields.get("token")).trim());
        }}
      >
        <WorkerUrl
          id="query-url"
          worker="Query Worker"
          placeholder="https://building-vitals-query.….workers.dev"
          value={commands.proposedUrl()}
        />
        <label for="query-token">API key of the Query Worker</label>
        <input
          id="query-token"
          name="token"
          type="password"
          required
          autocomplete="off"
          aria-describedby="query-hint"
        />
        <p id="query-hint" class="hint">
          The value of QUERY_API_KEY. It is sent only to that URL, and this tab forgets it when it is closed.
        </p>
        <p role="alert" class="error">
          {explorer.error}
        </p>
        {/* Never disabled: a disabled button would lose the keyboard focus. */}
        <button type="submit">{checking ? "Checking …" : "Sign in"}</button>
      </form>
    </section>
  );
}
