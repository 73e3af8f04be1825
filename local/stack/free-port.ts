import { createServer } from "node:net";
import { isPortTaken, startAgainIf } from "../worker/worker.ts";

export interface FreePort {
  readonly port: number;
  /** Why it is not the preferred port, to be printed after "Port 8787". */
  readonly reason?: string;
}

/** The preferred port if it is free on this machine and not in `chosen`, otherwise any other; 0 prefers none. */
export async function freePort(preferred: number, chosen: readonly number[] = []): Promise<FreePort> {
  const found = chosen.includes(preferred) ? TAKEN : await bindable(preferred);
  if (typeof found === "number") return chosen.includes(found) ? freePort(0, chosen) : { port: found };
  const { port } = preferred === 0 ? { port: 0 } : await freePort(0, chosen);
  return { port, reason: REASONS[found] ?? `can't be used (${found})` };
}

/**
 * Starts a server on the preferred port, or on any free port where that is 0: on another one if a program takes it before
 * the server listens there.
 */
export function onPort<T>(preferred: number, start: (port: number) => Promise<T>): Promise<T> {
  if (preferred !== 0) return start(preferred);
  return startAgainIf(isPortTaken, async () => start((await freePort(0)).port));
}

const TAKEN = "EADDRINUSE";
const REASONS: Readonly<Record<string, string>> = {
  [TAKEN]: "is taken",
  EACCES: "is not allowed for this user",
};

/** The port that was bound for a moment, or the code of the error. */
function bindable(port: number): Promise<number | string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}
