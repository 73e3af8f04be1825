import { WorkerUrl, workerOrigin } from "../worker-url.tsx";
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
        commands.connect(workerOrigin(new FormData(event.currentTarget)));
      }}
    >
      <WorkerUrl
        id="etl-url"
        worker="ETL Sync Worker"
        placeholder="https://building-vitals-etl-sync.….workers.dev"
        value={sync.url}
      />
      <button type="submit">Connect</button>
    </form>
  );
}
