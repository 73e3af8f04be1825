import fc from "fast-check";
import { expect, test } from "vitest";
import { VARIABLES, type VariableCase } from "../../test/support/config.ts";
import { parseConfig } from "./config.ts";

const NAMES = Object.keys(VARIABLES);
const GOOD: VariableCase[] = NAMES.map((name) =>
  name === "ACE_API_BASE"
    ? { value: "https://x.test/api", parsed: "https://x.test/api" }
    : name === "SITE_NAME"
      ? { value: "site_a", parsed: ["site_a"] }
      : { value: undefined },
);

const all = fc.record(
  Object.fromEntries(Object.entries(VARIABLES).map(([name, { cases }]) => [name, cases])),
);

test("one variable of any kind is parsed, or is the only variable that the faults name", () => {
  for (const [name, { field, cases }] of Object.entries(VARIABLES)) {
    fc.assert(
      fc.property(cases, ({ value, parsed }) => {
        const good = Object.fromEntries(NAMES.map((other, index) => [other, GOOD[index]?.value]));
        const result = parseConfig({ ...good, [name]: value });
        expect(result.ok).toBe(parsed !== undefined);
        if (result.ok) expect(result.config[field as keyof typeof result.config]).toEqual(parsed);
        else for (const fault of result.faults) expect(fault.split(" ")[0]).toBe(name);
      }),
      { numRuns: 300 },
    );
  }
});

test("the faults name exactly the faulty variables, all at once", () => {
  fc.assert(
    fc.property(all, (given) => {
      const env = Object.fromEntries(Object.entries(given).map(([name, { value }]) => [name, value]));
      const faulty = NAMES.filter((name) => given[name]?.parsed === undefined);
      const result = parseConfig(env);
      const named = result.ok ? [] : result.faults.map((fault) => fault.split(" ")[0]);
      expect([...new Set(named)].sort()).toEqual(faulty.sort());
    }),
    { numRuns: 500 },
  );
});

test("names that are not variables of the Worker change nothing", () => {
  const env = { ACE_API_BASE: "https://x.test", SITE_NAME: "a" };
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.anything()), (strangers) => {
      const others = Object.fromEntries(Object.entries(strangers).filter(([name]) => !NAMES.includes(name)));
      expect(parseConfig({ ...others, ...env })).toEqual(parseConfig(env));
    }),
  );
});

const secret = fc.string({ unit: fc.constantFrom(..."#$*+./:=?@_KQZ789,"), minLength: 12, maxLength: 40 });

test("no fault shows a secret that was put into a variable, whole or in a URL", () => {
  fc.assert(
    fc.property(secret, fc.constantFrom(...NAMES), fc.constantFrom(0, 1, 2, 3, 4), (key, name, shape) => {
      const holding = [
        key,
        ` ${key}\n`,
        `https://${key}@x.test/api`,
        `${"x".repeat(75)}${key}`,
        `a,${key},b`,
      ];
      const value = holding[shape];
      const env = { ACE_API_BASE: "https://x.test", SITE_NAME: "a", ACE_API_KEY: `${key}\n`, [name]: value };
      const result = parseConfig(env);
      // Nor does a fault show a part that is long enough to help in guessing.
      const parts = Array.from({ length: key.length - 5 }, (_, at) => key.slice(at, at + 6));
      const text = result.ok ? "" : result.faults.join("\n");
      for (const part of parts) expect(text).not.toContain(part);
    }),
    { numRuns: 1_000 },
  );
});

test("no fault shows a password in the API's URL, whatever its characters", () => {
  fc.assert(
    fc.property(secret, secret, (user, password) => {
      const result = parseConfig({ ACE_API_BASE: `https://${user}:${password}@x.test`, SITE_NAME: "a" });
      const text = result.ok ? "accepted" : result.faults.join("\n");
      expect(text).toMatch(/^ACE_API_BASE is "\*\*\*@/);
      for (const part of [user, password]) expect(text).not.toContain(part.slice(0, 6));
    }),
  );
});
