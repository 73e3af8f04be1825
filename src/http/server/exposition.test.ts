import fc from "fast-check";
import { expect, test } from "vitest";
import { parseExposition } from "../../../test/support/http/parse-exposition.ts";
import { exposition } from "./exposition.ts";

const anyText = fc.string({ unit: fc.constantFrom(...'\\"\n{},= aé😀#n') });
const anyNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1e21, 5e-324, Number.POSITIVE_INFINITY, Number.NaN),
);

test("any help, labels and values are read back unchanged", () => {
  fc.assert(
    fc.property(
      anyText.map((text) => text.trimStart()),
      fc.uniqueArray(fc.tuple(anyText, anyText), { minLength: 1, selector: (pair) => JSON.stringify(pair) }),
      fc.array(anyNumber, { minLength: 1 }),
      (help, pairs, values) => {
        const samples = pairs.map(([site, day], index) => ({
          labels: { site, day },
          value: values[index % values.length] ?? 0,
        }));
        const text = exposition([{ name: "a_value", type: "gauge", help, samples }]);
        expect(parseExposition(text).get("a_value")).toMatchObject({ type: "gauge", help });
        const read = parseExposition(text).get("a_value")?.samples ?? [];
        // The format knows one zero.
        expect(read).toMatchObject(
          samples.map(({ labels, value }) => ({ labels, value: value === 0 ? 0 : value })),
        );
      },
    ),
  );
});

test("families are separate, labels are optional, and a family without samples is left out", () => {
  expect(
    exposition([
      { name: "a_total", type: "counter", help: "What a is", samples: [{ value: 3 }] },
      { name: "b", type: "gauge", help: "", samples: [] },
      { name: "c", type: "gauge", help: "c", samples: [{ labels: { x: "1" }, value: 0.5 }] },
    ]),
  ).toBe(
    '# HELP a_total What a is\n# TYPE a_total counter\na_total 3\n# HELP c c\n# TYPE c gauge\nc{x="1"} 0.5\n',
  );
});

test.each([
  ["", "nothing"],
  ["# HELP a a\n# TYPE a gauge\na 1", "a last line without end"],
  ["# HELP a a\n# TYPE a gauge\na 1\n\n", "an empty line"],
  ["a 1\n", "a sample without type"],
  ["# HELP a a\n# TYPE a counter\na 1\n", "a counter by another name"],
  ["# HELP a a\n# TYPE a gauge\na 1\na 2\n", "a series twice"],
  ['# HELP a a\n# TYPE a gauge\na{x="1} 2\n', "an open quote"],
  ['# HELP a a\n# TYPE a gauge\na{x="\\t"} 2\n', "an unknown escape"],
  ["# HELP a a\n# TYPE a gauge\na Infinity\n", "an infinity as JavaScript writes it"],
])("the tests' parser rejects %j: %s", (text) => {
  expect(() => parseExposition(text)).toThrow(SyntaxError);
});
