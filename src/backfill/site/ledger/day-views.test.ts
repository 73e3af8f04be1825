import { expect, test } from "vitest";
import { dayEvidence, dayView } from "../../../../test/support/dashboard-status.ts";
import { exampleChars } from "../../../contract/backfill.ts";
import { boundExamples } from "./day-views.ts";

test("examples of dropped rows are left out of a day where those of the days before leave no room", () => {
  const named = (chars: number) =>
    dayEvidence({ unconfigured_names: ["n".repeat(chars)], rejected_examples: [] });
  const evidences = [named(50), named(60), null, dayEvidence(), named(20)];
  const views = evidences.map((evidence) => dayView("2024-01-01", "completed", { evidence }));
  const bounded = views.map(
    boundExamples(exampleChars(named(50)) + exampleChars(named(20)) + exampleChars(dayEvidence())),
  );
  expect(bounded.map(({ evidence }) => evidence)).toEqual([
    named(50),
    dayEvidence(),
    null,
    dayEvidence(),
    named(20),
  ]);
});
