import { expect, test } from "vitest";
import type { Coordinator } from "../../../src/backfill/coordinator/coordinator.ts";
import { isRunning, type Job, type SiteReport } from "../../../src/backfill/job/job.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import { Chance } from "../harness/chance.ts";
import { rowsOf, stagedRows, viewLags } from "../harness/inspect.ts";
import { startRequest, World } from "../harness/world.ts";

/** The job as it was committed. */
interface Moment {
  readonly step: number;
  readonly job: Job | undefined;
  readonly running: boolean;
}

/** A request from outside, with its time and its response. */
interface Request {
  readonly asked: "start" | "force" | "cancel" | "retry";
  readonly from: number;
  to: number;
  answer: { readonly kind: string; readonly backfill_id?: string };
}

function momentOf(world: World): Moment {
  const [row] = rowsOf<{ body: string }>(world.coordinator, "SELECT body FROM job");
  const job = row ? (JSON.parse(row.body) as Job) : undefined;
  const sites = rowsOf<{ name: string; report: string }>(
    world.coordinator,
    "SELECT name, report FROM site_report",
  );
  const reports = new Map(
    sites.map(({ name, report }) => [name as SiteName, JSON.parse(report) as SiteReport]),
  );
  return { step: world.scheduler.steps, job, running: job !== undefined && isRunning(job, reports) };
}

/** Sends requests at random moments; returns them with their responses, and all jobs that were committed. */
async function history(seed: number) {
  const world = new World({ seed, sites: ["site_a", "site_b"], latencyMsMax: 40 });
  const chance = new Chance(seed);
  const requests: Request[] = [];
  const moments: Moment[] = [momentOf(world)];
  // After every transaction: two requests may be decided within one step.
  const { db } = world.coordinator;
  const tx = db.tx.bind(db);
  db.tx = (body) => {
    const result = tx(body);
    const now = momentOf(world);
    const last = moments.at(-1);
    const same = now.running === last?.running && JSON.stringify(now.job) === JSON.stringify(last?.job);
    if (!same) moments.push(now);
    return result;
  };
  const ask = (asked: Request["asked"], act: (coordinator: Coordinator) => Promise<Request["answer"]>) => {
    const request: Request = { asked, from: world.scheduler.steps, to: 0, answer: { kind: "none" } };
    requests.push(request);
    void world.post(act).then((answer) => {
      request.to = world.scheduler.steps;
      request.answer = answer;
    });
  };
  for (let count = 0; count < 25; count++) {
    const range = startRequest("2024-01-01", chance.below(2) === 0 ? "2024-01-01" : "2024-01-02");
    switch (chance.below(6)) {
      case 0:
      case 1:
        ask("start", (coordinator) => coordinator.start(range));
        break;
      case 2:
        ask("force", (coordinator) => coordinator.start({ ...range, force_restart: true }));
        break;
      case 3:
        ask("cancel", (coordinator) => coordinator.cancel());
        break;
      case 4:
        ask("retry", (coordinator) => coordinator.retry({ from: undefined, to: undefined, site: undefined }));
        break;
      default:
        void world.post((coordinator) => coordinator.status());
        void world.post((coordinator) =>
          coordinator.verify({ mode: "quick", from: undefined, to: undefined, site: undefined }),
        );
    }
    let left = [0, 0, 2, 15, 120][chance.below(5)] ?? 0;
    await world.run(() => left-- <= 0);
  }
  await world.run();
  return { world, requests, moments };
}

const REFUSALS = new Set(["conflict", "nothing-running", "nothing-failed", "nothing-started"]);

function isCommitOf(
  { step, job }: Moment,
  before: Job | undefined,
  { asked, from, to, answer }: Request,
): boolean {
  return (
    job !== undefined &&
    step >= from &&
    step <= to &&
    job.backfillId === answer.backfill_id &&
    (job.desired === "stop") === (asked === "cancel") &&
    (asked === "retry" || (job.backfillId !== before?.backfillId) === (answer.kind === "started"))
  );
}

test("simultaneous requests are answered as in some order, and the last accepted request determines the job", async () => {
  let accepted = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const { world, requests, moments } = await history(seed);
    const during = ({ from, to }: Request) => {
      const before = moments.findLast((moment) => moment.step < from);
      return moments.filter((moment) => moment === before || (moment.step >= from && moment.step <= to));
    };
    const commits = moments.filter((moment, index) => {
      const before = moments[index - 1]?.job;
      return moment.job && (moment.job.epoch !== before?.epoch || moment.job.round !== before?.round);
    });
    for (const request of requests.filter((one) => REFUSALS.has(one.answer.kind) && one.asked !== "retry")) {
      const moment = during(request).find((one) => one.running === (request.answer.kind === "conflict"));
      expect(
        moment,
        `seed ${seed}, ${request.asked} of step ${request.from}: ${request.answer.kind}`,
      ).toBeDefined();
    }
    // Each accepted request has a commit during the request; a request that was answered earlier has the earlier commit.
    const open = requests.filter((one) => !REFUSALS.has(one.answer.kind)).sort((a, b) => a.to - b.to);
    accepted += open.length;
    for (const commit of commits) {
      const before = moments[moments.indexOf(commit) - 1];
      const index = open.findIndex((request) => isCommitOf(commit, before?.job, request));
      const schedule = `seed ${seed}, epoch ${commit.job?.epoch} of step ${commit.step}`;
      expect(index, `${schedule}: nobody asked for it`).toBeGreaterThanOrEqual(0);
      const [request] = open.splice(index, 1);
      // A start without force never replaces a running job.
      if (request?.asked === "start") expect(before?.running, schedule).toBe(false);
      if (request?.asked === "cancel") expect(before?.running, schedule).toBe(true);
    }
    expect(open, `seed ${seed}: accepted, and never committed`).toEqual([]);
    const epochs = commits.map(({ job }) => job?.epoch ?? 0);
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b));

    const last = moments.at(-1)?.job;
    const status = await world.status();
    expect(status.backfill_id).toBe(last?.backfillId);
    expect(status.status, `seed ${seed}`).toBe(last?.desired === "stop" ? "cancelled" : "completed");
    await world.run();
    expect(viewLags(world)).toEqual([]);
    if (last?.desired === "run") expect(stagedRows(world)).toBe(0);
  }
  expect(accepted).toBeGreaterThan(60);
});
