import { once } from "node:events";
import { createServer, type Server } from "node:http";
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
  /** Resets open connections and serves as another simulator from then on, at the same address. */
  replace(options: SimulatorOptions): Simulator;
  /** Resets open connections and frees the port. */
  close(): Promise<void>;
}

/** Starts a simulator, which serves until it is closed. Rejects when the port is taken, and for invalid options. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const simulation = createSimulation(options);
  const server = createServer();
  // Longer than any pause between a client's requests: closing an idle connection could break a request.
  server.keepAliveTimeout = 120_000;
  const host = options.host ?? "127.0.0.1";
  server.listen(options.port ?? 0, host);
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return serving(server, { host, port }, simulation);
}

function serving(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  simulation: ReturnType<typeof createSimulation>,
): Simulator {
  server.removeAllListeners("request").on("request", (request, response) => {
    const url = new URL(request.url ?? "/", "http://simulator");
    if (url.pathname.startsWith(CONTROL_PATH)) void control(simulation, request, response, url);
    else void simulation.serve(request, response, url);
  });
  return {
    ...simulation,
    url: `http://${host}:${port}`,
    api: `http://${host}:${port}/api`,
    port,
    replace(options) {
      const next = createSimulation(options);
      server.closeAllConnections();
      return serving(server, { host, port }, next);
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
