import { expect, test } from "vitest";
import type { AuditView } from "../../../src/contract/backfill.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import { contentOf, ledgerOf } from "../harness/inspect.ts";
import { day, World } from "../harness/world.ts";

const keyOf = (date: string) => `timeseries/${date.replaceAll("-", "/")}/site_a.parquet`;

async function completed(): Promise<World> {
  const world = new World();
  await world.start("2024-01-01", "2024-01-05");
  await world.run();
  world.tampered = true;
  return world;
}

async function verify(world: World, mode: "quick" | "full"): Promise<AuditView | undefined> {
  const outcome = await world.ask((coordinator) =>
    coordinator.verify({ mode, from: undefined, to: undefined, site: undefined }),
  );
  expect(outcome).toMatchObject({ kind: "started" });
  await world.run();
  return (await world.ask((coordinator) => coordinator.audits()))[0];
}

async function rebuild(world: World): Promise<AuditView | undefined> {
  expect(await world.ask((coordinator) => coordinator.rebuild())).toMatchObject({ kind: "started" });
  await world.run();
  return (await world.ask((coordinator) => coordinator.audits()))[0];
}

/** The same bytes but one, with the same metadata and the given hash. */
function tamper(world: World, date: string, claim: "its own hash" | "the old hash"): void {
  const object = world.archive.objects.get(keyOf(date));
  if (!object) throw new Error("there is nothing to tamper with");
  const bytes = object.bytes.slice();
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  world.archive.place(
    keyOf(date),
    bytes,
    { ...object.metadata },
    claim === "the old hash" ? object.sha256 : "00",
  );
}

test.each(["quick", "full"] as const)("a %s audit of an intact archive finds no problem", async (mode) => {
  const world = await completed();
  const records = ledgerOf(world).reduce((sum, line) => sum + Number(line.split(" ")[3]), 0);
  expect(await verify(world, mode)).toMatchObject({
    state: "completed",
    mode,
    days_checked: 5,
    days_ok: 5,
    records,
    problems_total: 0,
    outcome: "ok",
  });
});

/** The verification of each day, by day: its mode, or null. */
async function verifications(world: World): Promise<Record<string, string | null>> {
  const range = { from: undefined, to: undefined, site: undefined };
  const days = await world.ask((coordinator) => coordinator.days(range, 100));
  return Object.fromEntries(
    days.map(({ date, verification }) => [date.slice(5), verification?.mode ?? null]),
  );
}

test("a day is verified only once an audit has read it, and by the mode of the last that did", async () => {
  const world = await completed();
  const none = { "01-01": null, "01-02": null, "01-03": null, "01-04": null, "01-05": null };
  expect(await verifications(world)).toEqual(none);
  const range = { from: day("2024-01-02"), to: day("2024-01-05") };
  await world.ask((coordinator) => coordinator.verify({ mode: "full", sample_percent: 50, ...range }));
  await world.run();
  expect(await verifications(world)).toEqual({ ...none, "01-02": "full", "01-04": "full" });
  await verify(world, "quick");
  const all = { "01-01": "quick", "01-02": "quick", "01-03": "quick", "01-04": "quick", "01-05": "quick" };
  expect(await verifications(world)).toEqual(all);
});

test.each(["quick", "full"] as const)("a day that a %s audit finds wrong is not verified", async (mode) => {
  const world = await completed();
  await verify(world, mode);
  world.archive.objects.delete(keyOf("2024-01-02"));
  world.vendor.faults.add({ on: "samples", day: "2024-01-02", effect: { do: "status", status: 422 } });
  await verify(world, mode);
  expect(await verifications(world)).toMatchObject({ "01-01": mode, "01-02": null, "01-03": mode });
});

test("a new object, an abandoned replacement and a rebuild clear the verification", async () => {
  const world = await completed();
  await verify(world, "full");
  await world.start("2024-01-02", "2024-01-03", { force_restart: true });
  await world.run();
  expect(await verifications(world)).toMatchObject({ "01-01": "full", "01-02": null, "01-03": null });
  await rebuild(world);
  expect(new Set(Object.values(await verifications(world)))).toEqual(new Set([null]));
});

test("an object whose replacement has begun is not verified, whatever an audit read before", async () => {
  const world = await completed();
  await verify(world, "full");
  // Other points give another file, whose put never gets a response: any of its tries may still take effect.
  world.vendor.relist("site_a", (listed) => listed.slice(3));
  const on = /archive\.publish timeseries/;
  world.effects.break({ on, mode: "fail before", times: Number.POSITIVE_INFINITY });
  await world.start("2024-01-02", "2024-01-02", { force_restart: true });
  await world.run();
  expect(await verifications(world)).toMatchObject({ "01-01": "full", "01-02": null });
  await verify(world, "quick");
  expect(await verifications(world)).toMatchObject({ "01-01": "quick", "01-02": null });
});

test("an audit of days that are not archived checks nothing, and says so instead of finding no problem", async () => {
  const world = await completed();
  await world.ask((coordinator) =>
    coordinator.verify({ mode: "full", from: "2020-01-01" as UtcDay, to: "2020-12-31" as UtcDay }),
  );
  await world.run();
  const [audit] = await world.ask((coordinator) => coordinator.audits());
  expect(audit).toMatchObject({ days_checked: 0, problems_total: 0, outcome: "nothing_archived" });
});

test("a missing object is found, and its job fetches the day again", async () => {
  const world = await completed();
  const before = contentOf(world);
  world.archive.objects.delete(keyOf("2024-01-03"));
  expect(await verify(world, "quick")).toMatchObject({
    days_ok: 4,
    problems: [{ date: "2024-01-03", problem: "the object is missing" }],
  });
  expect(await world.status()).toMatchObject({ status: "completed", days_completed: 5 });
  expect(contentOf(world)).toEqual(before);
});

test("the rate of a job that a verification reopens after days is by the time in which the job ran", async () => {
  const world = await completed();
  const { days_per_hour } = await world.status();
  await world.pass(3 * 24 * 3_600_000);
  world.archive.objects.delete(keyOf("2024-01-03"));
  await verify(world, "quick");
  const after = await world.status();
  expect(after).toMatchObject({ outcome: "success", days_completed: 5 });
  expect(after.days_per_hour).toBeGreaterThan((days_per_hour ?? 0) / 2);
});

test("a missing object of a cancelled job leaves its day pending until a start", async () => {
  const world = new World({ config: { requestsPerMinute: 60 } });
  await world.start("2024-01-01", "2024-01-05");
  await world.run(() => ledgerOf(world).length === 3);
  await world.cancel();
  await world.run();
  world.tampered = true;
  world.archive.objects.delete(keyOf("2024-01-01"));
  expect(await verify(world, "quick")).toMatchObject({ days_ok: 2, days_checked: 3 });
  await world.pass(60_000);
  expect(await world.status()).toMatchObject({ status: "cancelled", days_completed: 2 });
  await world.start("2024-01-01", "2024-01-05");
  await world.run();
  expect(await world.status()).toMatchObject({ status: "completed", days_completed: 5 });
});

test("another hash is found by a quick audit", async () => {
  const world = await completed();
  tamper(world, "2024-01-02", "its own hash");
  expect(await verify(world, "quick")).toMatchObject({ days_ok: 4, problems: [{ date: "2024-01-02" }] });
});

test("bytes that differ from their hash are found by a full audit only", async () => {
  const world = await completed();
  tamper(world, "2024-01-02", "the old hash");
  expect(await verify(world, "quick")).toMatchObject({ days_ok: 5 });
  const before = world.effects.labels.length;
  expect(await verify(world, "full")).toMatchObject({
    days_ok: 4,
    problems: [{ date: "2024-01-02", problem: "the content differs from its hash" }],
  });
  // Hashed but not decoded, because a reader may fail on such bytes.
  const labels = world.effects.labels.slice(before);
  // The day is fetched again then, and read for its roll-up.
  const ofAudit = labels.slice(
    0,
    labels.findIndex((label) => label.includes("archive.publish")),
  );
  const reads = ofAudit.filter((label) => label.includes("archive.read"));
  expect(reads.filter((label) => label.includes("2024/01/02"))).toHaveLength(1);
  expect(reads.filter((label) => label.includes("2024/01/03")).length).toBeGreaterThan(1);
});

test("an audit of a sample checks only the days of the sample and counts them exactly at any time", async () => {
  const world = await completed();
  const request = {
    mode: "full",
    from: "2024-01-02" as UtcDay,
    to: "2024-01-05" as UtcDay,
    sample_percent: 50,
  } as const;
  for (const [tampered, problems] of [
    ["2024-01-02", [{ date: "2024-01-02", problem: "the content differs from its hash" }]],
    ["2024-01-03", []],
  ] as const) {
    tamper(world, tampered, "the old hash");
    await world.ask((coordinator) => coordinator.verify(request));
    const seen: (AuditView | undefined)[] = [];
    while (seen.at(-1)?.state !== "completed") {
      seen.push((await world.ask((coordinator) => coordinator.audits()))[0]);
    }
    expect(seen.length).toBeGreaterThan(1);
    expect(new Set(seen.map((audit) => audit?.days_total))).toEqual(new Set([2]));
    expect(seen.at(-1)).toMatchObject({ sample_percent: 50, days_checked: 2, problems });
    await world.run();
  }
});

test.each([
  ["tells the checksums", true],
  ["keeps them to a HEAD", false],
])(
  "a lost ledger is rebuilt from an archive whose listing %s, and a start then skips everything",
  async (_, listsChecksums) => {
    const world = await completed();
    world.archive.listsChecksums = listsChecksums;
    const ledger = ledgerOf(world);
    for (const table of ["day", "state", "outbox", "points"]) {
      world.site("site_a").db.tx((sql) => sql.run(`DELETE FROM ${table}`));
    }
    world.site("site_a").kill();
    expect(await rebuild(world)).toMatchObject({
      mode: "rebuild",
      days_checked: 5,
      days_ok: 5,
      problems_total: 0,
    });
    expect(ledgerOf(world)).toEqual(ledger);
    const asked = world.vendor.arrivals.length;
    await world.start("2024-01-01", "2024-01-05");
    await world.run();
    expect(await world.status()).toMatchObject({ status: "completed", days_completed: 5 });
    expect(world.vendor.arrivals).toHaveLength(asked);
  },
);

test("a rebuild marks objects without evidence as unverified, and the next start fetches them", async () => {
  const world = await completed();
  world.archive.place(keyOf("2024-01-06"), new TextEncoder().encode("by somebody else"), {
    record_count: "7",
  });
  world.archive.place("timeseries/2024/01/06/site_zz.parquet", new Uint8Array(3));
  world.archive.place("timeseries/readme.txt", new Uint8Array(3));
  expect(await rebuild(world)).toMatchObject({
    days_checked: 6,
    days_ok: 5,
    problems: [{ date: "2024-01-06" }],
  });
  const days = await world.ask((coordinator) =>
    coordinator.days({ from: undefined, to: undefined, site: undefined }, 100),
  );
  expect(days.find((day) => day.date === "2024-01-06")).toMatchObject({ unverified: true, records: 7 });
  await world.start("2024-01-01", "2024-01-06");
  await world.run();
  expect(await world.status()).toMatchObject({ status: "completed", days_completed: 6 });
  expect(world.archive.objects.get(keyOf("2024-01-06"))?.metadata.site_name).toBe("site_a");
});

test("metadata of others that are no counts and no times do not end a rebuild, and spoil no sum", async () => {
  const world = await completed();
  const before = await world.status();
  const odd = ["Infinity", "1e999", "-7", "0x10", "NaN", "", "12 rows"];
  for (const [index, record_count] of odd.entries()) {
    const metadata = { record_count, created_at: record_count, evidence: record_count, status: record_count };
    world.archive.place(keyOf(`2024-01-1${index}`), new Uint8Array(3), metadata);
  }
  expect(await rebuild(world)).toMatchObject({ days_checked: 5 + odd.length, days_ok: 5 });
  const days = await world.ask((coordinator) => coordinator.days({}, 100));
  expect(days.filter(({ unverified }) => unverified).map(({ records }) => records)).toEqual(odd.map(() => 0));
  expect((await world.status()).records_processed).toBe(before.records_processed);
});

test("a hash is not trusted without the evidence of the same file", async () => {
  for (const evidence of [undefined, "null", "{}", "of another file"]) {
    const world = await completed();
    const object = world.archive.objects.get(keyOf("2024-01-02"));
    const { evidence: ours = "", ...metadata } = object?.metadata ?? {};
    const other = ours.replace(/"sha256":"../, '"sha256":"~~');
    const claim = evidence === "of another file" ? other : evidence;
    const claimed = claim === undefined ? metadata : { ...metadata, evidence: claim };
    world.archive.place(keyOf("2024-01-02"), new TextEncoder().encode("another"), claimed, object?.sha256);
    expect(await rebuild(world)).toMatchObject({ days_ok: 4, problems: [{ date: "2024-01-02" }] });
    // The day was unverified, and its job has fetched it.
    await world.start("2024-01-01", "2024-01-05");
    await world.run();
    expect(await world.status()).toMatchObject({ status: "completed", days_completed: 5 });
    expect(world.archive.objects.get(keyOf("2024-01-02"))?.bytes).toEqual(object?.bytes);
  }
});

test("rows of an unverified file are counted", async () => {
  const world = await completed();
  const bytes = world.archive.objects.get(keyOf("2024-01-01"))?.bytes ?? new Uint8Array();
  world.archive.place(keyOf("2024-01-06"), bytes, { record_count: "7" });
  await rebuild(world);
  const audit = await verify(world, "full");
  expect(audit?.problems).toMatchObject([
    { date: "2024-01-06", problem: expect.stringMatching(/rows, 7 in the ledger/) },
  ]);
});

test("a failed read does not mark a file as damaged: the audit step is repeated", async () => {
  for (let skip = 0; skip < 4; skip++) {
    const world = await completed();
    world.effects.break({ on: /archive\.read/, mode: "fail before", skip });
    expect(await verify(world, "full")).toMatchObject({ days_checked: 5, days_ok: 5 });
    expect(world.effects.injected).toBe(1);
  }
});

test("a rebuild removes days from the ledger that the archive does not have", async () => {
  const world = await completed();
  await world.start("2024-02-01", "2024-02-01");
  await world.run();
  world.archive.objects.delete(keyOf("2024-01-05"));
  expect(await rebuild(world)).toMatchObject({ problems: [{ date: "2024-01-05" }] });
  expect(ledgerOf(world).filter((line) => line.includes("completed"))).toHaveLength(5);
  expect(ledgerOf(world)).toContain("site_a 2024-01-05 null null -");
});

test("a rebuild is refused while a backfill runs, and an audit while another audit runs", async () => {
  const world = new World();
  await world.start("2024-01-01", "2024-01-03");
  expect(await world.ask((coordinator) => coordinator.rebuild())).toEqual({ kind: "backfill-running" });
  await world.run();
  const request = { mode: "full", from: undefined, to: undefined, site: undefined } as const;
  expect(await world.ask((coordinator) => coordinator.verify(request))).toMatchObject({ kind: "started" });
  expect(await world.ask((coordinator) => coordinator.verify(request))).toEqual({ kind: "audit-running" });
  await world.run();
});

test("an audit survives the death of its object at any moment", async () => {
  for (let steps = 1; steps < 40; steps += 3) {
    const world = await completed();
    const request = { mode: "full", from: undefined, to: undefined, site: undefined } as const;
    await world.ask((coordinator) => coordinator.verify(request));
    let left = steps;
    await world.run(() => left-- <= 0);
    world.site("site_a").kill();
    await world.run();
    expect((await world.ask((coordinator) => coordinator.audits()))[0]).toMatchObject({
      state: "completed",
      days_checked: 5,
      days_ok: 5,
    });
  }
});

test("an upload that waits for the Coordinator's permission delays no audit", async () => {
  const world = await completed();
  world.effects.break({
    on: /^site_a coordinator\.current/,
    mode: "fail before",
    times: Number.POSITIVE_INFINITY,
  });
  await world.start("2024-01-06", "2024-01-06");
  await world.run(
    () => world.effects.labels.filter((label) => label === "site_a coordinator.current").length > 10,
  );
  await world.ask((coordinator) =>
    coordinator.verify({ mode: "quick", from: undefined, to: undefined, site: undefined }),
  );
  await world.pass(60_000);
  const [audit] = await world.ask((coordinator) => coordinator.audits());
  expect(audit).toMatchObject({ state: "completed", days_ok: 5 });
  world.effects.restore();
  await world.run();
  expect((await world.status()).outcome).toBe("success");
});
