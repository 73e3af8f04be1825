/** Tries of a start that fails by chance. */
const STARTS_MAX = 3;

/** Starts, and starts again where `isByChance` says so of the error; throws the error of the last try. */
export async function startAgainIf<T>(
  isByChance: (error: unknown) => boolean,
  start: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await start();
    } catch (error) {
      if (tries === STARTS_MAX || !isByChance(error)) throw error;
    }
  }
}

/** Whether a server did not start because another program has its port. */
export const isPortTaken = (error: unknown) => /address already in use/i.test(messageOf(error));

/** Whether a Worker did not start because another process had a database of the state directory locked. */
export const isDatabaseLocked = (error: unknown) => messageOf(error).includes("SQLITE_BUSY");

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
