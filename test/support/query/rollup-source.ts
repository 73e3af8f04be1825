import type { ArchiveReader } from "../../../src/ports/archive.ts";
import type { FooterCache } from "../../../src/query/cold/cold.ts";
import { KnownRollups, type RollupSources, rollupSources } from "../../../src/query/rollup/rollup.ts";

/** So few that a small file is not read whole with its end. */
const END_BYTES = 600;

interface RollupOptions {
  readonly cache?: FooterCache | undefined;
  readonly onDamaged?: ((key: string, fault: Error) => void) | undefined;
}

const DAMAGED = (key: string, fault: Error): never => {
  throw new Error(`the roll-up ${key} is damaged`, { cause: fault });
};

/** The roll-ups of an archive, without pauses between retries. A damaged roll-up fails the test, unless it is expected. */
export function rollupsOf(
  archive: ArchiveReader,
  now: () => number,
  { cache, onDamaged = DAMAGED }: RollupOptions = {},
): RollupSources {
  const clock = { sleep: async () => undefined };
  const known = new KnownRollups(now, cache);
  return rollupSources({ archive, known, clock, onDamaged, endBytes: END_BYTES });
}
