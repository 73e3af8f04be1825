/**
 * CPU of a page from bytes to columns, scanned and parsed side by side: `npm run bench:decode -- [repetitions]`.
 *
 * Both take turns on a page of 50,000 rows of each shape of the simulator's reference day, so that other work of the
 * machine affects both. Fails where the scanner leaves the page to the parser.
 */
import { createApi, parsePath } from "../../simulator/ace-api/ace-api.ts";
import { REFERENCE_DAY, SHAPES, type Shape } from "../../simulator/building/building.ts";
import { openSites, settingsOf } from "../../simulator/options.ts";
import { parseSamples, scanSamples } from "../../src/ace/page/page.ts";
import { requestedSpan, samplesPath } from "../../src/ace/paging/paging.ts";
import { dayStartMs, parseUtcDay } from "../../src/domain/day.ts";
import { parseSiteName } from "../../src/domain/site.ts";

const REPETITIONS = Number(process.argv[2] ?? 8);
/** Pages decoded in a row. */
const BATCH = 10;
const PAGE_SIZE = 50_000;
const KEY = "test-key";

const site = parseSiteName("ses_falls_city");
const day = parseUtcDay("2024-01-15");
if (!site || !day) throw new Error("the site or the day is not valid");
const keep = { fromMicros: dayStartMs(day) * 1_000, toMicros: (dayStartMs(day) + 86_400_000) * 1_000 };

for (const shape of SHAPES) {
  const { body, rows, names } = pageOf(shape);
  const context = {
    points: new Map(names.sort().map((name, id) => [name, id])),
    keep,
    requested: requestedSpan(keep),
  };
  const cpu = { scan: Number.POSITIVE_INFINITY, parse: Number.POSITIVE_INFINITY };
  for (let done = 0; done < REPETITIONS; done++) {
    // The cheapest of each counts: other work of the machine and the engine's compiler only add CPU.
    cpu.scan = Math.min(
      cpu.scan,
      seconds(() => scanSamples(body, context), rows),
    );
    cpu.parse = Math.min(
      cpu.parse,
      seconds(() => parseSamples(body, context), rows),
    );
  }
  const perPage = (total: number) => `${((1_000 * total) / BATCH).toFixed(1)} ms`;
  console.log(
    `${shape}: ${rows} rows, ${(body.length / 1e6).toFixed(2)} MB; best of ${REPETITIONS} times ${BATCH} pages`,
  );
  console.log(`scanned ${perPage(cpu.scan)}, parsed ${perPage(cpu.parse)} of CPU a page`);
  console.log(`scanned ÷ parsed = ${(cpu.scan / cpu.parse).toFixed(2)}`);
}

/** The first page of the day, and the names of the points that are configured. */
function pageOf(shape: Shape): { body: Uint8Array; rows: number; names: string[] } {
  if (!site || !day) throw new Error("the site or the day is not valid");
  const sites = openSites({ sites: [site], ...REFERENCE_DAY, shape });
  const { pathname, searchParams } = new URL(samplesPath(site, keep, PAGE_SIZE, null), "http://vendor/api/");
  const reply = createApi(sites).respond(
    { method: "GET", route: parsePath(pathname), params: searchParams, key: KEY, now: dayStartMs(day) },
    settingsOf({ sites: [site], key: KEY }),
    { emptyPage: false, repeat: false, shuffle: false },
  );
  const names = sites.get(site)?.listed.map(({ name }) => name) ?? [];
  return { body: Buffer.concat(reply.body), rows: reply.rows, names };
}

/** Seconds of CPU of a batch of pages. */
function seconds(work: () => { readonly rows: number } | undefined, rows: number): number {
  const before = process.cpuUsage();
  for (let page = 0; page < BATCH; page++) {
    if (work()?.rows !== rows) throw new Error("the scanner left the page to the parser");
  }
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1e6;
}
