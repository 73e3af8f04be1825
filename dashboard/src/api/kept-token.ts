/** Where a token is kept: for this tab, until it is closed. */
export type Keep = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** One secret of the tab. A browser that keeps nothing makes it be asked for again, and nothing worse. */
export function keptToken(keep: Keep, name: string) {
  return {
    read: () => attempt(() => keep.getItem(name)) ?? undefined,
    write: (token: string) => void attempt(() => keep.setItem(name, token)),
    forget: () => void attempt(() => keep.removeItem(name)),
  };
}

function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
