/** Questions of one kind, one at a time: the next one ends the one before, and no answer comes after a newer one. */
export function latest() {
  let asked = new AbortController();
  return {
    end: () => asked.abort(),
    next(): AbortSignal {
      asked.abort();
      asked = new AbortController();
      return asked.signal;
    },
  };
}
