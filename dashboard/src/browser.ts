/** What the page uses of the browser, so that tests can replace it. */
export interface Browser {
  readonly fetch: typeof fetch;
  readonly storage: TabStorage;
  /** The page's own origin. */
  readonly origin: string;
  now(): number;
  /** Ends early when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Storage of this tab, until the tab is closed. */
export type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** One value in the tab's storage. A browser that blocks storage only makes the operator enter it again. */
export function storedValue(storage: TabStorage, name: string) {
  return {
    read: () => attempt(() => storage.getItem(name)) ?? undefined,
    write: (value: string) => void attempt(() => storage.setItem(name, value)),
    remove: () => void attempt(() => storage.removeItem(name)),
  };
}

function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
