import { expect, it } from "vitest";
import { CommandError, EXIT } from "../../terminal/terminal.ts";
import { realApi } from "./api.ts";

const NAMED = { base: "https://api.example/api/", sites: "site_a, site_b" };
const ENV = { ACE_API_KEY: " key \n" };

it("takes address and sites from the command line, and the key from the environment", () => {
  expect(realApi(NAMED, 50, ENV)).toEqual({
    base: "https://api.example/api",
    key: "key",
    sites: ["site_a", "site_b"],
  });
});

it.each([
  [NAMED, {}, "ACE_API_KEY is not set"],
  [NAMED, { ACE_API_KEY: "two words" }, "ACE_API_KEY has spaces"],
  [{ ...NAMED, base: "api.example" }, ENV, '--api is "api.example"'],
  [{ ...NAMED, sites: undefined }, ENV, "--sites is not set"],
  [{ ...NAMED, sites: "site_a,a/b" }, ENV, '--sites holds "a/b"'],
] as const)("names what is missing or wrong: %o", (named, env, message) => {
  const found = () => realApi(named, 50, env);
  expect(found).toThrow(CommandError);
  expect(found).toThrow(message);
  expect(found).toThrow(expect.objectContaining({ exitCode: EXIT.usage }));
});

it("names all faults at once, and no key", () => {
  const all = () => realApi({ base: "ftp://x", sites: "a b" }, 0, { ACE_API_KEY: "se cret" });
  expect(all).toThrow(/--api .*\n--sites .*\n--rate .*\nACE_API_KEY/);
  expect(all).not.toThrow(/se cret/);
});
