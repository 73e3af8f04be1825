import { expect, test } from "vitest";
import { MemoryBudget } from "./memory-budget.ts";

/** Asks, and notes what is admitted. */
function asking(bytesMax: number) {
  const budget = new MemoryBudget(bytesMax);
  const admitted: number[] = [];
  return {
    budget,
    async ask(day: number, bytes: number) {
      void budget.reserve(day, bytes).then(() => admitted.push(day));
      await settled();
    },
    admitted,
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("days are let in until the room is taken, and on when there is room again, in their order", async () => {
  const { budget, ask, admitted } = asking(100);
  for (const [day, bytes] of [
    [0, 60],
    [1, 40],
    [3, 30],
    [2, 30],
  ] as const)
    await ask(day, bytes);
  expect(admitted).toEqual([0, 1]);
  budget.advance();
  await settled();
  expect(admitted).toEqual([0, 1, 2, 3]);
});

test("a day that holds less than it asked for leaves the rest to others", async () => {
  const { budget, ask, admitted } = asking(100);
  await ask(0, 90);
  await ask(1, 50);
  expect(admitted).toEqual([0]);
  budget.resize(0, 20);
  await settled();
  expect(admitted).toEqual([0, 1]);
});

test("the day that is waited for is let in whatever the others hold, and whatever it takes", async () => {
  const { budget, ask, admitted } = asking(100);
  await ask(1, 100);
  await ask(0, 500);
  expect(admitted).toEqual([1, 0]);
  await ask(2, 1_000);
  budget.advance();
  await settled();
  expect(admitted).toEqual([1, 0]);
  budget.advance();
  await settled();
  expect(admitted).toEqual([1, 0, 2]);
});

test("a day that begins anew gives back what it held", async () => {
  const { ask, admitted } = asking(100);
  await ask(0, 0);
  await ask(1, 80);
  await ask(1, 90);
  expect(admitted).toEqual([0, 1, 1]);
});

test("nobody waits for ever once it is closed", async () => {
  const { budget, ask, admitted } = asking(100);
  await ask(0, 100);
  await ask(1, 100);
  budget.close();
  await ask(2, 100);
  expect(admitted).toEqual([0, 1, 2]);
});
