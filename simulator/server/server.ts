import { once } from "node:events";
import { createServer } from "node:http";
import type { SimulatorOptions } from "../options.ts";
import { CONTROL_PATH, control } from "./control.ts";
import { createSimulation, type Simulation } from "./simulation.ts";

/** The simulator's HTTP server. The door of this folder. */
export type { Arrival, Stats } from "./stats.ts";

/** A running simulator of the ACE API. */
export interface Simulator extends Simulation {
  /** `http://host:port`. */
  readonly url: string;
  /** The base address for clients: `{url}/api`. */
  readonly api: string;
  readonly port: number;
  /** Resets open connections and frees the port. */
  close(): Promise<void>;
}

/** Starts a simulator, which serves until it is closed. Rejects when the port is taken, and for invalid options. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const simulation = createSimulation(options);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://simulator");
    if (url.pathname.startsWith(CONTROL_PATH)) void control(simulation, request, response, url);
    else void simulation.serve(request, response, url);
  });
  // Longer than any pause between a client's requests: closing an idle connection could break a request.
  server.keepAliveTimeout = 120_000;
  const host = options.host ?? "127.0.0.1";
  server.listen(options.port ?? 0, host);
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    ...simulation,
    url: `http://${host}:${port}`,
    api: `http://${host}:${port}/api`,
    port,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
