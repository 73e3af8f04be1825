/**
 * The results of `begin`, in the order of the items; up to `ahead` of them are begun before the one that is waited
 * for is there. Once the caller turns away, nothing more is begun.
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  ahead: number,
  begin: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  let next = 0;
  for (const _ of items) {
    for (; next < items.length && begun.length < ahead; next += 1) {
      const result = begin(items[next] as Item);
      // One that fails while another is waited for fails when its turn comes, not as unhandled before.
      result.catch(() => undefined);
      begun.push(result);
    }
    yield await (begun.shift() as Promise<Result>);
  }
}
