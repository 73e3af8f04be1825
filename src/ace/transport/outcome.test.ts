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
  expect(message.length).toBeLessThan(220);
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
    reason: "5xx",
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
  expect(outcomeOfFault(new VendorFault("protocol", "odd"))).toEqual({ kind: "protocol", message: "odd" });
});
