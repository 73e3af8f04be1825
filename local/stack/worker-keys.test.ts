import { expect, it } from "vitest";
import { LOCAL_KEYS, shownKey, workerKeys } from "./worker-keys.ts";

it("keys of the environment replace the local ones, and are shown by the names of their variables", () => {
  expect(workerKeys({})).toEqual(LOCAL_KEYS);
  const keys = workerKeys({ BACKFILL_API_KEY: "own\n", QUERY_API_KEY: " " });
  expect(keys).toEqual({ ...LOCAL_KEYS, backfill: "own" });
  expect([shownKey(keys, "backfill"), shownKey(keys, "query")]).toEqual([
    "$BACKFILL_API_KEY",
    LOCAL_KEYS.query,
  ]);
});

it("a key that no header can contain is refused without being printed", () => {
  const read = () => workerKeys({ QUERY_API_KEY: "se cret" });
  expect(read).toThrow("QUERY_API_KEY");
  expect(read).not.toThrow("cret");
});
