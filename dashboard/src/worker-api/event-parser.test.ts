import fc from "fast-check";
import { expect, test } from "vitest";
import { EventParser } from "./event-parser.ts";

const STREAM =
  ': hello\n\nevent: status\ndata: {"a":1}\n\ndata: first\r\ndata: second\r\n\r\nevent: lost\n\n';

const EVENTS = ["comment", { event: "status", data: '{"a":1}' }, { event: "message", data: "first\nsecond" }];

test("events and comments are parsed however the text is cut into pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 8 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
      const parser = new EventParser();
      const events = at.slice(1).flatMap((end, index) => parser.push(STREAM.slice(at[index], end)));
      expect(events).toEqual(EVENTS);
    }),
    { numRuns: 200 },
  );
});

test("an event without its end is not returned", () => {
  expect(new EventParser().push("event: status\ndata: {}\n")).toEqual([]);
});
