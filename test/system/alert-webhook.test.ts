import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AlertNotice } from "../../src/contract/backfill.ts";
import { eventually, World } from "./fixture.ts";

const DAY = "2024-01-02";
const PATH = "/services/T0/B1/s3cret";

interface Post {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: AlertNotice;
}

/** A receiver that is away at first, then well, and then sends whoever asks elsewhere. */
const posts: Post[] = [];
const answers = [503, 200, 302, 200];
const receiver: Server = createServer(async (request, response) => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  posts.push({
    url: request.url,
    headers: request.headers,
    body: JSON.parse(String(Buffer.concat(pieces) || "{}")),
  });
  response.writeHead(answers[posts.length - 1] ?? 200, { Location: "/elsewhere" }).end("ok");
});

let world: World;
beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const { port } = receiver.address() as AddressInfo;
  world = await World.open(
    { sites: [{ name: "a", pointsPerSite: 5, samplesPerDay: 20 }] },
    { ALERT_WEBHOOK_URL: `http://127.0.0.1:${port}${PATH}`, ALERT_FAILED_PERCENT: "30" },
  );
});
afterAll(async () => {
  await world?.close();
  await new Promise((resolve) => receiver.close(resolve));
});

const postsUntil = (count: number) =>
  eventually(`${count} posts`, () => posts.length >= count && posts.slice(0, count));

test("an alert reaches a real receiver when it is raised and when it is cleared, and no other address", async () => {
  const fault = world.sim.faults.add({ day: DAY, effect: { do: "status", status: 400, body: "json" } });
  const { body } = await world.client.start("2024-01-01", DAY);
  const { alerts } = await world.client.settled();
  expect(alerts).toMatchObject([{ alert: "high_error_rate", value: 50, threshold: 30 }]);
  const [away, raised] = await postsUntil(2);
  expect(raised?.body).toMatchObject({
    text: "Backfill alert raised: 1 of 2 finished days failed",
    alert: "high_error_rate",
    state: "raised",
    value: 50,
    threshold: 30,
    backfill_id: body.backfill_id,
  });
  expect(raised).toMatchObject({ url: PATH, headers: { "content-type": "application/json" } });
  expect(raised?.headers["idempotency-key"]).toBe(raised?.body.idempotency_key);
  // The try before it, told again to the letter.
  expect(away?.body).toEqual(raised?.body);

  world.sim.faults.clear(fault);
  await world.client.call("POST", "/backfill/retry");
  expect(await world.client.settled()).toMatchObject({ outcome: "success", alerts: [] });
  const [, , cleared] = await postsUntil(3);
  expect(cleared?.body).toMatchObject({ alert: "high_error_rate", state: "cleared" });
  // It answered 302: given up, and not followed.
  await eventually("the log says so", () =>
    world
      .log()
      .some(({ message, status }) => message.includes("notice can't be delivered") && status === 302),
  );
  expect(posts.map(({ url }) => url)).toEqual([PATH, PATH, PATH]);
  expect(world.lines.filter((line) => line.includes("BACKFILL")).join("\n")).not.toContain("s3cret");
  expect(JSON.stringify(await world.client.status())).not.toContain("s3cret");
});
