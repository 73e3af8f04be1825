import { expect, test } from "vitest";
import { jobFixture } from "../../../test/support/job.ts";
import type { SiteName } from "../../domain/site.ts";
import type { SiteAnswer } from "../job/job.ts";
import { planOf } from "./plan-range.ts";

const JOB = jobFixture(["a" as SiteName]);

function timeOf(requests: number, requestsPerMinute: number) {
  const estimate = { daysToFetch: 1, daysToSkip: 30, meanPages: requests - 1 };
  const answers: SiteAnswer[] = [{ estimate: requests === 0 ? { ...estimate, daysToFetch: 0 } : estimate }];
  const plan = planOf(JOB, { pageSize: 50_000, requestsPerMinute }, answers);
  return [plan.estimated_seconds, plan.estimated_hours];
}

test("a short plan has its seconds, rounded up, and is not of no hours", () => {
  expect(timeOf(72, 300)).toEqual([15, 0.0041]);
  expect(timeOf(2, 1_000)).toEqual([1, 0.000034]);
  expect(timeOf(0, 50)).toEqual([0, 0]);
});

test("a long plan has hours with two decimals", () => {
  expect(timeOf(27_451, 50)).toEqual([33_601, 9.33]);
});
