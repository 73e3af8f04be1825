import { expect, test } from "vitest";
import { FAULT_EXAMPLES } from "../../../test/support/ace/outcomes.ts";
import type { VendorResponse } from "../../backfill/ports.ts";
import { VendorFault } from "../faults.ts";
import { classify, outcomeOfFault, readResponse } from "./outcome.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const NOW = Date.UTC(2026, 7, 7);

test.each(FAULT_EXAMPLES)("$title", ({ status, contentType, body, outcome }) => {
  expect(classify({ status, contentType, retryAfter: undefined }, bytes(body), NOW)).toMatchObject(outcome);
});

test("every status has an outcome, and only 200 is a page", () => {
  for (let status = 0; status < 700; status += 1) {
    const outcome = classify(
      { status, contentType: "application/json", retryAfter: undefined },
      bytes("{}"),
      NOW,
    );
    expect(outcome.kind === "ok").toBe(status === 200);
  }
});

test("messages are short, on one line, and quote no credential", () => {
  const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl";
  const body = `<html>\n<p>Authorization: Bearer ${token}</p> ${token} Bearer s3cret ${"long ".repeat(5_000)}</html>`;
  const outcome = classify(
    { status: 502, contentType: "text/html", retryAfter: undefined },
    bytes(body),
    NOW,
  );
  const message = outcome.kind === "transient" ? outcome.message : "";
  expect(message.length).toBeLessThan(260);
  expect(message).not.toMatch(/eyJ|s3cret|<|\n/);
  expect(message).toContain("[credential]");
});

function response(status: number, contentType: string, read: () => Promise<Uint8Array>) {
  const seen = { discarded: false };
  const fake: VendorResponse = {
    status,
    contentType,
    retryAfter: "7",
    bytes: read,
    discard() {
      seen.discarded = true;
    },
  };
  return { fake, seen };
}

const never = () => Promise.reject(new Error("was read"));
const breaks = (reason: "network" | "too-large" | "aborted" | "timeout") => () =>
  Promise.reject(new VendorFault(reason, "it broke"));

test("a page is read whole, and one that breaks off is transient", async () => {
  const page = response(200, "application/json", async () => bytes("{}"));
  expect(await readResponse(page.fake, NOW)).toEqual({ kind: "ok", body: bytes("{}") });
  for (const reason of ["network", "too-large", "timeout"] as const) {
    const { fake } = response(200, "application/json", breaks(reason));
    expect(await readResponse(fake, NOW)).toMatchObject({ kind: "transient", reason });
  }
});

test("a 429 and a redirect are discarded unread", async () => {
  const throttled = response(429, "text/html", never);
  expect(await readResponse(throttled.fake, NOW)).toEqual({ kind: "throttled", retryAfterMs: 7_000 });
  expect(throttled.seen.discarded).toBe(true);
  const redirect = response(302, "text/html", never);
  expect(await readResponse(redirect.fake, NOW)).toMatchObject({ kind: "refused", status: 302 });
  expect(redirect.seen.discarded).toBe(true);
});

test("an error whose body can't be read is still that error", async () => {
  expect(await readResponse(response(401, "", breaks("network")).fake, NOW)).toMatchObject({
    kind: "unauthorized",
  });
  expect(await readResponse(response(503, "", breaks("too-large")).fake, NOW)).toMatchObject({
    kind: "paused",
  });
});

test("a cancelled request is neither retried nor a failure", async () => {
  for (const status of [200, 503]) {
    const { fake } = response(status, "application/json", breaks("aborted"));
    expect(await readResponse(fake, NOW)).toMatchObject({ kind: "aborted" });
  }
});

test("an error that is not the vendor's is thrown on", async () => {
  expect(() => outcomeOfFault(new TypeError("ours"))).toThrow("ours");
  await expect(readResponse(response(200, "application/json", never).fake, NOW)).rejects.toThrow("was read");
  expect(outcomeOfFault(new VendorFault("protocol", "odd"))).toEqual({
    kind: "protocol",
    message: "the ACE API's answer can't be used: odd",
  });
});

test.each([500, 502, 503, 504, 599])(
  "a %i that states a pause has that pause, within the bound of a 429's",
  (status) => {
    const read = (retryAfter: string | undefined, body = "") =>
      classify({ status, contentType: "application/json", retryAfter }, bytes(body), NOW);
    expect(read("30")).toMatchObject({ kind: "paused", pauseMs: 30_000 });
    expect(read(new Date(NOW + 90_000).toUTCString())).toMatchObject({ kind: "paused", pauseMs: 90_000 });
    expect(read("86400")).toMatchObject({ kind: "paused", pauseMs: 3_600_000 });
    expect(read("30", '{"message":"An unhandled exception occurred."}')).toMatchObject({ kind: "paused" });
    for (const none of [undefined, "", "0", "-3", "soon", new Date(NOW - 1_000).toUTCString()])
      expect(read(none)).toMatchObject({ kind: "transient", reason: "5xx" });
  },
);

test.each([200, 301, 400, 403, 404])("a %i with a Retry-After states no pause", (status) => {
  const outcome = classify({ status, contentType: "text/html", retryAfter: "30" }, bytes(""), NOW);
  expect(outcome.kind).not.toMatch(/paused|throttled/);
});
