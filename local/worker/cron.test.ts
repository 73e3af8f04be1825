import { once } from "node:events";
import { createServer } from "node:http";
import { expect, it } from "vitest";
import type { CommandRun } from "../../terminal/terminal.ts";
import { fireCrons, untilNext } from "./cron.ts";

it("fires the trigger of every Worker at once, and ends with the run", async () => {
  const paths: string[] = [];
  const fired = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    paths.push(request.url ?? "");
    response.end("ok");
    if (paths.length === 2) fired.resolve();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const steps: (() => void | Promise<void>)[] = [];
  const run: CommandRun = { signal: new AbortController().signal, onEnd: (step) => steps.push(step) };
  fireCrons([url, url, "http://127.0.0.1:1"], run);
  await fired.promise;
  for (const step of steps) await step();
  await once(server.close(), "close");
  expect(paths).toEqual(["/cdn-cgi/local/scheduled", "/cdn-cgi/local/scheduled"]);
});

it("the next time is the next full five minutes", () => {
  expect(untilNext(Date.parse("2026-08-07T12:03:20Z"))).toBe(100_000);
  expect(untilNext(Date.parse("2026-08-07T12:05:00Z"))).toBe(300_000);
});
