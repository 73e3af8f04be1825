import { expect, it } from "vitest";
import { backfillAddress, queryAddress } from "./connection.ts";

const DEPLOYED = "https://building-vitals-backfill.example.workers.dev";

it("defaults to the stack of this machine with its keys", () => {
  expect(backfillAddress({})).toEqual({ url: "http://127.0.0.1:8787", token: "local-backfill-key" });
  expect(queryAddress({})).toEqual({ url: "http://127.0.0.1:8789", token: "local-query-key" });
});

it("sends the local keys only to this machine", () => {
  expect(backfillAddress({ url: DEPLOYED }).token).toBeUndefined();
  expect(backfillAddress({ url: "http://localhost:9" }).token).toBe("local-backfill-key");
  expect(backfillAddress({ url: "http://localhost.example.com" }).token).toBeUndefined();
  expect(queryAddress({ queryUrl: DEPLOYED }).token).toBeUndefined();
  expect(queryAddress({ queryUrl: DEPLOYED, queryToken: "t" }).token).toBe("t");
});

it("does not query a deployed backfill's samples on this machine", () => {
  expect(() => queryAddress({ url: DEPLOYED })).toThrow(/where is the Query Worker/);
  expect(queryAddress({ url: "http://127.0.0.1:9999" }).url).toBe("http://127.0.0.1:8789");
});

it("treats an empty key as absent, and never prints an invalid one", () => {
  expect(backfillAddress({ url: DEPLOYED, token: "" }).token).toBeUndefined();
  for (const token of ["sec\nret", "sec ret", "secr€t"]) {
    const error = expect.objectContaining({ exitCode: 2, message: expect.not.stringContaining("sec") });
    expect(() => backfillAddress({ token })).toThrow(error);
    expect(() => queryAddress({ queryToken: token })).toThrow(error);
  }
});
