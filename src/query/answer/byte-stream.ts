/** Items with the first already there: what fails before it can still be answered with a status. */
export async function begun<T>(items: AsyncGenerator<T, void>): Promise<AsyncIterableIterator<T, void>> {
  let first: IteratorResult<T, void> | undefined = await items.next();
  const begun: AsyncIterableIterator<T, void> = {
    async next() {
      const taken = first ?? (await items.next());
      first = undefined;
      return taken;
    },
    // Straight to the source, which has begun even where nobody has asked for an item yet.
    return: () => items.return(),
    [Symbol.asyncIterator]: () => begun,
  };
  return begun;
}

/**
 * A body that takes a chunk where the reader asks for one, and calls `left` where the reader goes away. A fault breaks it
 * off: what came before must not look like a whole answer.
 */
export function byteStream(
  chunks: AsyncGenerator<Uint8Array, void>,
  { brokeOff, left }: { brokeOff(fault: unknown): void; left(): Promise<unknown> },
): ReadableStream<Uint8Array> {
  // A chunk, or a fault, may be on its way while the reader goes: neither is of interest to anybody then.
  let gone = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next();
        if (gone) return;
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (fault) {
        if (gone) return;
        brokeOff(fault);
        controller.error(fault);
      }
    },
    async cancel() {
      gone = true;
      await chunks.return();
      await left();
    },
  });
}
