import { expect, test } from "vitest";
import { isSettled, windowsBetween } from "./settled-windows.ts";

const at = (time: string) => Date.parse(`2026-08-07T${time}Z`);
const STARTED = at("12:00:00");
const window = { from: at("11:45:30.500"), to: at("12:00:30.500") };
const reading = { ...window, readTo: window.to };

test("windows are those of hot storage, and only whole ones", () => {
  const windows = windowsBetween(at("11:45:30.500"), at("12:30:00"));
  expect(windows).toEqual([window, { from: window.to, to: at("12:15:30.500") }]);
});

test("a window of before the soak is settled, however it was read", () => {
  expect(isSettled({ from: 0, to: 1 }, STARTED - 1, STARTED, undefined)).toBe(true);
});

test("a later window is settled if its last reading began after its last change, and read to its end", () => {
  const changed = at("12:01:00");
  expect(isSettled(window, changed, STARTED, { ...reading, readAt: changed })).toBe(true);
  expect(isSettled(window, changed, STARTED, { ...reading, readAt: changed - 1 })).toBe(false);
  expect(isSettled(window, changed, STARTED, { ...reading, readAt: changed, readTo: window.to - 1 })).toBe(
    false,
  );
  expect(isSettled(window, changed, STARTED, undefined)).toBe(false);
});
