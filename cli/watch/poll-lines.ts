import type { PollOptions } from "../../client/client.ts";
import { note } from "../output.ts";

/** In a log: without the time, which would make every line another. */
export const LOST = "connection lost, retrying";

/** A line of JSON on every change; `volatile` are fields that differ in every response, and so are no change. */
export function jsonLines<T>(volatile: ReadonlySet<string>): Pick<PollOptions<T>, "show" | "lost"> {
  let printed = "";
  let isLost = false;
  return {
    show: (polled) => {
      const lasting = JSON.stringify(polled, (key, value) => (volatile.has(key) ? undefined : value));
      if (lasting !== printed) process.stdout.write(`${JSON.stringify(polled)}\n`);
      printed = lasting;
      isLost = false;
    },
    lost: () => {
      if (!isLost) note(LOST);
      isLost = true;
    },
  };
}
