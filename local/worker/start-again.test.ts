import { expect, it } from "vitest";
import { isDatabaseLocked, isPortTaken, startAgainIf } from "./start-again.ts";

const LOCKED = new Error("wrangler dev ended with 1:\nSQLite failed; database is locked: SQLITE_BUSY");

/** A start that fails so many times. */
function failing(times: number, error: Error) {
  let tries = 0;
  return {
    start: async () => {
      tries += 1;
      if (tries <= times) throw error;
      return tries;
    },
    tries: () => tries,
  };
}

it("starts again after a failure by chance, three times in all", async () => {
  expect(await startAgainIf(isDatabaseLocked, failing(2, LOCKED).start)).toBe(3);
  const { start, tries } = failing(5, LOCKED);
  await expect(startAgainIf(isDatabaseLocked, start)).rejects.toBe(LOCKED);
  expect(tries()).toBe(3);
});

it("any other failure is reported at once", async () => {
  const { start, tries } = failing(1, LOCKED);
  await expect(startAgainIf(isPortTaken, start)).rejects.toBe(LOCKED);
  expect(tries()).toBe(1);
});
