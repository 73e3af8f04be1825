/**
 * What `begin` gives for 0, 1, … up to `count`, in that order. While one is waited for, so many of those after it as
 * `ahead` says at that moment have begun. What fails, fails when it is its turn.
 */
export async function* inOrder<T>(
  count: number,
  ahead: () => number,
  begin: (at: number) => Promise<T>,
): AsyncGenerator<T> {
  const begun: Promise<T>[] = [];
  let next = 0;
  const beginUpTo = (last: number) => {
    for (; next <= Math.min(last, count - 1); next++) {
      const result = begin(next);
      // It may fail before anybody waits for it.
      result.catch(() => undefined);
      begun.push(result);
    }
  };
  for (let at = 0; at < count; at++) {
    beginUpTo(at + ahead());
    const result = await (begun.shift() as Promise<T>);
    // Those after it go on while this one is made use of.
    beginUpTo(at + ahead());
    yield result;
  }
}
