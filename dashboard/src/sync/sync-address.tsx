import type { SyncCommands } from "./sync-commands.ts";
import type { SyncState } from "./sync-state.ts";

interface SyncAddressProps {
  readonly sync: SyncState;
  readonly commands: Pick<SyncCommands, "connect">;
}

/** Where the ETL Sync Worker is. Its status is public, so that no key is asked for. */
export function SyncAddress({ sync, commands }: SyncAddressProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const fields = new FormData(event.currentTarget);
        commands.connect(new URL(String(fields.get("url"))).origin);
      }}
    >
      <label for="etl-url">URL of the ETL Sync Worker</label>
      <input
        id="etl-url"
        name="url"
        type="url"
        required
        placeholder="https://building-vitals-etl-sync.….workers.dev"
        pattern="https://.+|http://(localhost|127\.0\.0\.1)(:\d+)?/?"
        title="https, or http on this machine"
        defaultValue={sync.url}
      />
      <button type="submit">Connect</button>
    </form>
  );
}
