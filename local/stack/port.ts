import { createServer } from "node:net";

/** `wanted` where it is free on this machine, else any free port. */
export async function freePort(wanted: number): Promise<number> {
  return (await bindable(wanted)) ?? (await bindable(0)) ?? 0;
}

function bindable(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port : undefined));
    });
  });
}
