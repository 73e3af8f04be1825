import { expect, it } from "vitest";
import { envProxy, proxyName, proxyRefusal } from "./env-proxy.ts";

const DEPLOYED = "https://backfill.example.com";
const LOCAL = "http://127.0.0.1:8787";
const PROXY = "http://user:secret@proxy:3128";

const proxyFor = (url: string, env: Record<string, string>, execArgv: string[] = []) =>
  envProxy(url, { env, execArgv });
const used = (url: string, env: Record<string, string>) =>
  proxyFor(url, { NODE_USE_ENV_PROXY: "1", ...env })?.variable;

it("names the proxy without its password", () => {
  const proxy = proxyFor(DEPLOYED, { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: PROXY });
  expect(proxy).toEqual({ variable: "HTTPS_PROXY", address: "http://proxy:3128", isUsed: true });
  expect(proxy && proxyName(proxy)).toBe("the proxy http://proxy:3128 (HTTPS_PROXY)");
});

it("knows whether Node uses it", () => {
  const env = { HTTPS_PROXY: PROXY };
  expect(proxyFor(DEPLOYED, {})).toBeUndefined();
  expect(proxyFor(DEPLOYED, env)?.isUsed).toBe(false);
  expect(proxyFor(DEPLOYED, { ...env, NODE_USE_ENV_PROXY: "0" })?.isUsed).toBe(false);
  expect(proxyFor(DEPLOYED, env, ["--use-env-proxy"])?.isUsed).toBe(true);
  expect(proxyFor(DEPLOYED, { ...env, NODE_OPTIONS: "--no-warnings --use-env-proxy" })?.isUsed).toBe(true);
  const all = proxyFor(DEPLOYED, { ALL_PROXY: PROXY, NODE_USE_ENV_PROXY: "1" });
  expect(all).toMatchObject({ variable: "ALL_PROXY", isUsed: false });
});

it("chooses the variable as Node does", () => {
  const both = { HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY };
  expect([used(DEPLOYED, both), used(LOCAL, both)]).toEqual(["HTTPS_PROXY", "HTTP_PROXY"]);
  expect(used(DEPLOYED, { HTTP_PROXY: PROXY })).toBe("HTTP_PROXY");
  expect(used(LOCAL, { HTTPS_PROXY: PROXY })).toBeUndefined();
  expect(used(DEPLOYED, { https_proxy: PROXY, HTTPS_PROXY: PROXY })).toBe("https_proxy");
  expect(used(DEPLOYED, { https_proxy: "", HTTPS_PROXY: PROXY })).toBeUndefined();
});

it.each([
  ["*", true],
  ["example.com", true],
  [".example.com", true],
  ["*.example.com", true],
  ["other.org, BACKFILL.example.com", true],
  ["other.org backfill.example.com:443", true],
  ["backfill.example.com:80", false],
  ["ample.com", false],
  ["", false],
])("excepts the addresses of NO_PROXY as Node does: %j", (noProxy, isExcepted) => {
  const env = { HTTPS_PROXY: PROXY };
  expect(used(DEPLOYED, { ...env, NO_PROXY: noProxy })).toBe(isExcepted ? undefined : "HTTPS_PROXY");
  expect(used(DEPLOYED, { ...env, no_proxy: noProxy })).toBe(isExcepted ? undefined : "HTTPS_PROXY");
});

it("prints no value that is not an address", () => {
  for (const HTTPS_PROXY of ["junk secret", "user:secret@proxy"]) {
    const proxy = proxyFor(DEPLOYED, { HTTPS_PROXY });
    expect(proxy && proxyName(proxy)).toBe("the proxy in HTTPS_PROXY");
  }
});

it("reads a proxy's refusal out of the error of fetch", () => {
  const refused = (status: number) =>
    proxyRefusal(
      new TypeError("fetch failed", {
        cause: new Error("cancelled", {
          cause: new Error(`Proxy response (${status}) !== 200 when HTTP Tunneling`),
        }),
      }),
    );
  expect(refused(407)).toContain("name and a password");
  expect(refused(502)).toBe("the proxy responded with 502, and did not connect");
  expect(proxyRefusal(new TypeError("fetch failed"))).toBeUndefined();
});
