import { expect, test } from "vitest";
import { reportFixture } from "../../../test/support/job.ts";
import { SqliteDatabase } from "../../../test/world/harness/sqlite-store.ts";
import { parseSiteName, type SiteName } from "../../domain/site.ts";
import { migrate } from "../../object/tables/tables.ts";
import type { Store } from "../ports.ts";
import { JobStore, jobTables } from "./job-store.ts";

const A = parseSiteName("a") as SiteName;
const done = (days_completed: number) => reportFixture("a", { view: { days_completed } });

function setup() {
  const db = new SqliteDatabase();
  const store: Store = { tx: (body) => db.tx(body), sync: async () => undefined };
  store.tx((sql) => migrate(sql, jobTables));
  const jobs = new JobStore(store);
  return { jobs, known: () => jobs.read().reports.get(A)?.view.days_completed };
}

test("an answer that was overtaken by one to a later question turns nothing back", () => {
  const { jobs, known } = setup();
  const [first, second] = [jobs.beginRequest(), jobs.beginRequest()];
  second(done(3), 10);
  first(done(1), 20);
  expect(known()).toBe(3);
});

test("answers that come in their order are each taken over", () => {
  const { jobs, known } = setup();
  const [first, second] = [jobs.beginRequest(), jobs.beginRequest()];
  first(done(1), 10);
  expect(known()).toBe(1);
  second(done(3), 20);
  expect(known()).toBe(3);
});

test("a stored report of an earlier version has what sites report since, as nothing", () => {
  const { jobs } = setup();
  const { warnings: _, retrying: __, ...view } = done(3).view;
  jobs.beginRequest()({ ...done(3), view } as ReturnType<typeof done>, 10);
  expect(jobs.read().reports.get(A)?.view).toMatchObject({ warnings: [], retrying: null });
});
