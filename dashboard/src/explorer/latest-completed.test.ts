import { expect, test } from "vitest";
import { dayView } from "../../../test/support/dashboard-status.ts";
import { latestCompleted } from "./latest-completed.ts";

test("the look at a site's samples begins with its latest completed day, however the days came", () => {
  const days = [
    dayView("2024-01-09", "failed"),
    dayView("2024-01-05", "completed"),
    dayView("2024-01-02", "completed"),
    dayView("2024-01-07", "empty"),
  ];
  expect(latestCompleted(new Map(days.map((day) => [day.date, day])))).toBe("2024-01-05");
  expect(latestCompleted(undefined)).toBeUndefined();
});
