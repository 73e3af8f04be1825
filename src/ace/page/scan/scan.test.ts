import fc from "fast-check";
import { expect, test } from "vitest";
import { createApi } from "../../../../simulator/ace-api/ace-api.ts";
import { openSites, settingsOf } from "../../../../simulator/options.ts";
import { bodies, ODD_VALUES } from "../../../../test/support/ace/pages.ts";
import { parseTime } from "../../../domain/time.ts";
import { VendorFault } from "../../faults.ts";
import { requestedSpan } from "../../paging/samples-path.ts";
import { decodeSamples, parseSamples, type SamplesPage, UnlistedNames } from "../page.ts";
import { scanSamples } from "./scan.ts";

const at = (time: string) => parseTime(`2026-08-07T${time}`) ?? Number.NaN;
const keep = { fromMicros: at("16:00:30.5"), toMicros: at("17:00:30.5") };
const points = new Map(
  ["a", "b", "ses/x 1", "", "é", 'q"q', "b\\c", "b\\\\c", "\ud800"].map((name, id) => [name, id]),
);
const words = new Map([
  ["72abc", 5],
  ["\u00e9", -1],
]);
const context = { points, keep, requested: requestedSpan(keep), words };

/** A page without the columns' unused ends, for comparison. */
function comparable(page: SamplesPage) {
  const { length, point, micros, value } = page.kept;
  const columns = [point, micros, value].map((column) => [...column.subarray(0, length)]);
  return { ...page, kept: { length, columns }, sameEnds: page.first === page.last };
}

function outcome(decode: () => SamplesPage) {
  try {
    return comparable(decode());
  } catch (error) {
    if (!(error instanceof VendorFault)) throw error;
    return { reason: error.reason, message: error.message, data: error.data };
  }
}

test("a body gives the same page or fault, scanned or parsed", () => {
  let scanned = 0;
  fc.assert(
    fc.property(bodies, (body) => {
      if (scanSamples(body, context)) scanned += 1;
      expect(outcome(() => decodeSamples(body, context))).toEqual(outcome(() => parseSamples(body, context)));
      const all = () => ({ ...context, points: FEW, unlisted: new UnlistedNames(FEW.size) });
      expect(outcome(() => decodeSamples(body, all()))).toEqual(outcome(() => parseSamples(body, all())));
    }),
    { numRuns: RUNS },
  );
  // Otherwise the property would compare the parser with itself.
  expect(scanned).toBeGreaterThan(RUNS / 10);
});

const RUNS = 3_000;
/** With few points configured, most rows are kept under other ids. */
const FEW = new Map([["a", 0]]);

test("a page that is cut off at any byte, or corrupt at any byte, gives the same", () => {
  const row = (value: string) => `{"name":"a","value":${value},"time":"2026-08-07T16:25:00"}`;
  const page = `{"point_samples":[${['"1.5"', "null", '"1.6100000143051147"'].map(row)}],"next_cursor":"x","has_more":true}`;
  const whole = Buffer.from(page);
  for (let end = 0; end <= whole.length; end += 1) {
    const corrupt = ['"', "\\", "\n", "\x00", "}", ",", "0", "é"].map((by) =>
      Buffer.concat([whole.subarray(0, end), Buffer.from(by), whole.subarray(end + 1)]),
    );
    for (const body of [whole.subarray(0, end), ...corrupt]) {
      expect(outcome(() => decodeSamples(body, context))).toEqual(outcome(() => parseSamples(body, context)));
    }
  }
});

test.each([
  ["compact", "", ""],
  ["with spaces", " ", ""],
  ["with lines, as a server in debug mode writes it", " ", "\n    "],
])("values of every kind are scanned, with the parser's meaning (%s)", (_, gap, line) => {
  const row = (value: string) =>
    [`"name":${gap}"b"`, `"value":${gap}${value}`, `"time":${gap}"2026-08-07T16:25:00"`].join(
      `,${gap}${line}`,
    );
  const rows = ODD_VALUES.map((value) => `${line}{${line}${row(value)}${line}}`);
  const tail = `${line}],${line}"next_cursor":${gap}null,${line}"has_more":${gap}false${line}}\n`;
  const body = Buffer.from(`{${line}"point_samples":${gap}[${rows.join(`,${gap}`)}${tail}`);
  const page = scanSamples(body, context);
  expect(page && comparable(page)).toEqual(comparable(parseSamples(body, context)));
  expect(page?.rows).toBe(ODD_VALUES.length);
});

test("a page inside a larger buffer is read in place", () => {
  const body = Buffer.from(
    '[{"point_samples":[{"name":"a","value":"2","time":"2026-08-07T16:25:00"}],"has_more":false}]',
  );
  const page = scanSamples(body.subarray(1, -1), context);
  expect(page?.kept.value[0]).toBe(2);
});

test("the simulator's pages are scanned, odd values and unconfigured points included", () => {
  const options = {
    sites: ["a"],
    key: "k",
    pointsPerSite: 200,
    oddShare: 0.05,
    duplicateShare: 0.05,
    unconfigured: 10,
  };
  const sites = openSites(options);
  const names = sites.get("a")?.listed.flatMap(({ configured, name }) => (configured ? [name] : [])) ?? [];
  const span = { fromMicros: at("00:00:00"), toMicros: at("23:00:00") };
  const params = new URLSearchParams({
    start_time: "2026-08-07T00:00:00Z",
    end_time: "2026-08-07T23:00:00Z",
    page_size: "10000",
    raw_data: "true",
  });
  const reply = createApi(sites).respond(
    { method: "GET", route: { kind: "samples", site: "a" }, params, key: "k", now: 0 },
    settingsOf(options),
    { emptyPage: false, repeat: false, shuffle: false },
  );
  const body = Buffer.concat(reply.body);
  const site = {
    points: new Map(names.map((name, id) => [name, id])),
    keep: span,
    requested: requestedSpan(span),
  };
  for (const way of ["names looked up", "names guessed"]) {
    const page = scanSamples(body, site);
    expect(page && comparable(page), way).toEqual(comparable(parseSamples(body, site)));
    expect(page?.rows).toBe(10_000);
    expect(page?.unconfigured).toBeGreaterThan(0);
  }
  for (const points of [site.points, new Map<string, number>()]) {
    const all = () => ({ ...site, points, unlisted: new UnlistedNames(points.size) });
    const page = scanSamples(body, all());
    expect(page && comparable(page)).toEqual(comparable(parseSamples(body, all())));
    expect(page?.unconfigured).toBe(0);
    expect(new Set(page?.kept.point.subarray(0, page.kept.length)).size).toBeGreaterThan(150);
  }
});
