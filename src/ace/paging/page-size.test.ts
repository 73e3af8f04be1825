import { expect, test } from "vitest";
import {
  PAGE_SIZES,
  type PageSize,
  type PageSizeLadder,
  pageSizeOfAtLeast,
  pageSucceeded,
  parsePageSize,
  startLadder,
  stepDown,
  stepDownForCrash,
} from "./page-size.ts";

function succeed(ladder: PageSizeLadder, times: number): PageSizeLadder {
  let result = ladder;
  for (let time = 0; time < times; time += 1) result = pageSucceeded(result);
  return result;
}

test("only the vendor's choices up to 100,000 are page sizes", () => {
  expect(PAGE_SIZES.filter((size) => parsePageSize(size) !== undefined).at(-1)).toBe(100_000);
  expect([7, 0, -3, Number.NaN, 300_000, 1000.5].map(parsePageSize)).toEqual(Array(6).fill(undefined));
});

test("the page size steps down the vendor's choices as far as 1,000", () => {
  const sizes: PageSize[] = [];
  for (let ladder = startLadder(50_000); sizes.length < 5; ladder = stepDown(ladder)) sizes.push(ladder.size);
  expect(sizes).toEqual([50_000, 10_000, 5_000, 1_000, 1_000]);
});

test("a size configured below 1,000 stays where it is", () => {
  expect(stepDown(startLadder(50)).size).toBe(50);
});

test("ten successes in a row lead one step up, and never above the configured size", () => {
  const low = stepDown(stepDown(startLadder(50_000)));
  expect(succeed(low, 9).size).toBe(5_000);
  expect(succeed(low, 10).size).toBe(10_000);
  expect(succeed(low, 1_000).size).toBe(50_000);
  expect(succeed(stepDown(succeed(low, 9)), 9).size).toBe(1_000);
});

test("successes do not lead back to a size that crashed", () => {
  expect(succeed(stepDownForCrash(startLadder(50_000)), 1_000).size).toBe(10_000);
});

test("a number of rows finds the smallest page that holds them", () => {
  expect(pageSizeOfAtLeast(1)).toBe(3);
  expect(pageSizeOfAtLeast(1_001)).toBe(5_000);
  expect(pageSizeOfAtLeast(100_001)).toBeUndefined();
  expect(pageSizeOfAtLeast(1_001, 1_000)).toBeUndefined();
});
