import { expect, test } from "vitest";
import type { UtcDay } from "../../../src/domain/day.ts";
import { keyMeaning } from "./keys.ts";

const bounds = { first: "2023-01-01" as UtcDay, last: "2024-03-10" as UtcDay };
const NO_MODIFIER = { ctrlKey: false, altKey: false, metaKey: false };
const press = (key: string, from: string, shiftKey = false) =>
  keyMeaning({ ...NO_MODIFIER, key, shiftKey }, from as UtcDay, bounds);

test.for([
  ["ArrowDown", "2024-02-28", "2024-02-29"],
  ["ArrowUp", "2024-01-01", "2023-12-31"],
  ["ArrowRight", "2023-12-28", "2024-01-04"],
  ["ArrowLeft", "2024-01-04", "2023-12-28"],
  ["PageDown", "2023-02-01", "2023-03-01"],
  ["Home", "2023-07-01", "2023-01-01"],
  ["End", "2023-07-01", "2023-12-31"],
  ["End", "2024-01-05", "2024-03-10"],
  ["ArrowLeft", "2023-01-03", "2023-01-01"],
] as const)("%s on %s goes to %s", ([key, from, to]) => {
  expect(press(key, from)).toEqual({ do: "move", to, extend: false });
});

test("with Shift a move extends the range", () => {
  expect(press("ArrowRight", "2023-03-01", true)).toMatchObject({ to: "2023-03-08", extend: true });
});

test("Enter and Space open the day, Escape clears the range, and Tab stays the browser's", () => {
  expect(["Enter", " ", "Escape", "Tab", "a"].map((key) => press(key, "2023-03-01"))).toEqual([
    { do: "open" },
    { do: "open" },
    { do: "clear" },
    undefined,
    undefined,
  ]);
});

test.for(["ctrlKey", "altKey", "metaKey"])("a key with %s stays the browser's", (modifier) => {
  const pressed = { ...NO_MODIFIER, key: "ArrowLeft", shiftKey: false, [modifier]: true };
  expect(keyMeaning(pressed, "2023-07-01" as UtcDay, bounds)).toBeUndefined();
});
