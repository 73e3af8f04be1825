import { expect, it } from "vitest";
import { backfillAddress, etlAddress, queryAddress } from "./connection.ts";

const STACK = {
  backfillUrl: "http://127.0.0.1:9001",
  queryUrl: "http://127.0.0.1:9002",
  etlUrl: "http://127.0.0.1:9003",
};
const DEPLOYED = "https://building-vitals-backfill.example.workers.dev";

it("defaults to the stack of this checkout with its keys", () => {
  expect(backfillAddress({}, STACK)).toEqual({ url: "http://127.0.0.1:9001", token: "local-backfill-key" });
  expect(queryAddress({}, STACK)).toEqual({ url: "http://127.0.0.1:9002", token: "local-query-key" });
  expect(etlAddress({}, STACK)).toEqual({ url: "http://127.0.0.1:9003", token: "local-etl-key" });
});

it("sends the local keys only to this machine", () => {
  expect(backfillAddress({ url: DEPLOYED }, STACK).token).toBeUndefined();
  expect(backfillAddress({ url: "http://localhost:9" }, STACK).token).toBe("local-backfill-key");
  expect(backfillAddress({ url: "http://localhost.example.com" }, STACK).token).toBeUndefined();
  expect(queryAddress({ queryUrl: DEPLOYED }, STACK).token).toBeUndefined();
  expect(queryAddress({ queryUrl: DEPLOYED, queryToken: "t" }, STACK).token).toBe("t");
});

it("does not query a deployed backfill's samples on this machine", () => {
  expect(() => queryAddress({ url: DEPLOYED }, STACK)).toThrow(/where is the Query Worker/);
  expect(queryAddress({ url: "http://127.0.0.1:9999" }, STACK).url).toBe("http://127.0.0.1:9002");
});

it("asks where the ETL Sync Worker is, rather than look for it on this machine", () => {
  expect(() => etlAddress({ url: DEPLOYED }, STACK)).toThrow(/where is the ETL Sync Worker/);
  expect(() => etlAddress({ url: "http://127.0.0.1:9999" }, STACK)).toThrow(/where is the ETL Sync Worker/);
  expect(() => etlAddress({}, {})).toThrow(/stack of this checkout has no ETL Sync Worker/);
  expect(etlAddress({ url: DEPLOYED, etlUrl: "https://etl.example.com", etlToken: "t" }, STACK)).toEqual({
    url: "https://etl.example.com",
    token: "t",
  });
  expect(etlAddress({ etlUrl: "https://etl.example.com" }, STACK).token).toBeUndefined();
});

it("treats an empty key as absent, and never prints an invalid one", () => {
  expect(backfillAddress({ url: DEPLOYED, token: "" }, STACK).token).toBeUndefined();
  for (const token of ["sec\nret", "sec ret", "secr€t"]) {
    const error = expect.objectContaining({ exitCode: 2, message: expect.not.stringContaining("sec") });
    expect(() => backfillAddress({ token }, STACK)).toThrow(error);
    expect(() => queryAddress({ queryToken: token }, STACK)).toThrow(error);
    expect(() => etlAddress({ etlToken: token }, STACK)).toThrow(error);
  }
});
