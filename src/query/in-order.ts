/**
 * The results of `start` for 0, 1, … up to `count`, in that order. While the consumer waits for a result, as many of
 * those after it as `ahead` says at that moment have been started. A failure is thrown when it is its turn.
 */
export async function* inOrder<T>(
  count: number,
  ahead: () => number,
  start: (at: number) => Promise<T>,
): AsyncGenerator<T> {
  const started: Promise<T>[] = [];
  let next = 0;
  const startUpTo = (last: number) => {
    for (; next <= Math.min(last, count - 1); next++) {
      const result = start(next);
      // It may fail before the loop below waits for it.
      result.catch(() => undefined);
      started.push(result);
    }
  };
  for (let at = 0; at < count; at++) {
    startUpTo(at + ahead());
    const result = await (started.shift() as Promise<T>);
    // Later ones are started before the consumer takes this one.
    startUpTo(at + ahead());
    yield result;
  }
}
