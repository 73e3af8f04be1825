import { withTimeout } from "../concurrency/concurrency.ts";
import type { Clock, View } from "./ports.ts";

/** A put without an answer by then is given up; it may land all the same. */
const PUT_MS_MAX = 20_000;

/** A view that answers or fails. */
export function boundedView(clock: Clock, view: View): View {
  return {
    put: (key, value, ttlSeconds) => withTimeout(clock, PUT_MS_MAX, () => view.put(key, value, ttlSeconds)),
  };
}
