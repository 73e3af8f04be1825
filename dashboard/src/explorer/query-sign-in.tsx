import type { ExplorerCommands } from "./commands.ts";
import type { Explorer } from "./explorer.ts";

export function QuerySignIn({ explorer, commands }: { explorer: Explorer; commands: ExplorerCommands }) {
  const checking = explorer.access === "checking";
  return (
    <section class="sign-in" aria-labelledby="query">
      <h2 id="query">The Query Worker</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (checking) return;
          const given = new FormData(event.currentTarget);
          const base = new URL(String(given.get("url"))).origin;
          void commands.signIn(base, String(given.get("token")).trim());
        }}
      >
        <label for="query-url">Its URL</label>
        <input
          id="query-url"
          name="url"
          type="url"
          required
          placeholder="https://building-vitals-query.….workers.dev"
          pattern="https://.+|http://(localhost|127\.0\.0\.1)(:\d+)?/?"
          title="https, or http on this machine"
          defaultValue={commands.proposedUrl()}
        />
        <label for="query-token">Its token</label>
        <input
          id="query-token"
          name="token"
          type="password"
          required
          autocomplete="off"
          aria-describedby="query-hint"
        />
        <p id="query-hint" class="hint">
          Its QUERY_API_KEY. It is sent to that URL alone, and this tab keeps both until it is closed.
        </p>
        <p role="alert" class="refusal">
          {explorer.refusal}
        </p>
        {/* Never disabled: that would take the focus from whoever pressed it. */}
        <button type="submit">{checking ? "Checking …" : "Open"}</button>
      </form>
    </section>
  );
}
