import { expect, test } from "vitest";
import { MemoryBudget } from "./memory-budget.ts";

/** Reserves memory, and records which days are admitted. */
function reserving(bytesMax: number) {
  const budget = new MemoryBudget(bytesMax);
  const admitted: number[] = [];
  return {
    budget,
    async reserve(day: number, bytes: number) {
      void budget.reserve(day, bytes).then(() => admitted.push(day));
      await settled();
    },
    admitted,
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("days are admitted until the memory is reserved, and further days in order when memory is released", async () => {
  const { budget, reserve, admitted } = reserving(100);
  for (const [day, bytes] of [
    [0, 60],
    [1, 40],
    [3, 30],
    [2, 30],
  ] as const)
    await reserve(day, bytes);
  expect(admitted).toEqual([0, 1]);
  budget.advance();
  await settled();
  expect(admitted).toEqual([0, 1, 2, 3]);
});

test("a day that takes less than it has reserved leaves the rest to others", async () => {
  const { budget, reserve, admitted } = reserving(100);
  await reserve(0, 90);
  await reserve(1, 50);
  expect(admitted).toEqual([0]);
  budget.resize(0, 20);
  await settled();
  expect(admitted).toEqual([0, 1]);
});

test("the awaited day is admitted whatever the others have reserved, and whatever it takes", async () => {
  const { budget, reserve, admitted } = reserving(100);
  await reserve(1, 100);
  await reserve(0, 500);
  expect(admitted).toEqual([1, 0]);
  await reserve(2, 1_000);
  budget.advance();
  await settled();
  expect(admitted).toEqual([1, 0]);
  budget.advance();
  await settled();
  expect(admitted).toEqual([1, 0, 2]);
});

test("a day that reserves again releases what it had reserved", async () => {
  const { reserve, admitted } = reserving(100);
  await reserve(0, 0);
  await reserve(1, 80);
  await reserve(1, 90);
  expect(admitted).toEqual([0, 1, 1]);
});

test("every waiting day is admitted once the budget is closed", async () => {
  const { budget, reserve, admitted } = reserving(100);
  await reserve(0, 100);
  await reserve(1, 100);
  budget.close();
  await reserve(2, 100);
  expect(admitted).toEqual([0, 1, 2]);
});
