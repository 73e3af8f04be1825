import fc from "fast-check";
import { expect, test } from "vitest";
import { EventText } from "./event-text.ts";

const STREAM =
  ': hello\n\nevent: status\ndata: {"a":1}\n\ndata: first\r\ndata: second\r\n\r\nevent: lost\n\n';

const SAID = ["comment", { event: "status", data: '{"a":1}' }, { event: "message", data: "first\nsecond" }];

test("events and comments are read however the text is cut into pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 8 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
      const text = new EventText();
      const said = at.slice(1).flatMap((end, index) => text.push(STREAM.slice(at[index], end)));
      expect(said).toEqual(SAID);
    }),
    { numRuns: 200 },
  );
});

test("an event whose end has not come is not told", () => {
  expect(new EventText().push("event: status\ndata: {}\n")).toEqual([]);
});
