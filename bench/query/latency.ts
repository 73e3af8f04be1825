import type { RangeReader } from "../../src/ports/range-reader.ts";

/** Each request takes so many milliseconds longer, as it does where the storage is somewhere else. */
export function withLatency(reader: RangeReader, latencyMs: number): RangeReader {
  const away = () => new Promise((resolve) => setTimeout(resolve, latencyMs));
  return {
    async end(...asked) {
      await away();
      return reader.end(...asked);
    },
    async read(...asked) {
      await away();
      return reader.read(...asked);
    },
  };
}
