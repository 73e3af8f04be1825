/** The items of an iterator of which `first` has been read. */
export async function* continued<T>(
  first: IteratorResult<T, void>,
  rest: AsyncGenerator<T, void>,
): AsyncGenerator<T, void> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

/**
 * A body that takes a chunk when its reader pulls, and calls `onCancel` when its reader cancels. A fault fails the body,
 * so that its first part can't be taken for a whole answer.
 */
export function byteStream(
  chunks: AsyncGenerator<Uint8Array, void>,
  { onFault, onCancel }: { onFault(fault: unknown): void; onCancel(): Promise<unknown> },
): ReadableStream<Uint8Array> {
  // The reader may cancel while a chunk or a fault is under way, which is then dropped.
  let cancelled = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next();
        if (cancelled) return;
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (fault) {
        if (cancelled) return;
        onFault(fault);
        controller.error(fault);
      }
    },
    async cancel() {
      cancelled = true;
      await chunks.return();
      await onCancel();
    },
  });
}
