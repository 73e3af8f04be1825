import { type BenchArchive, spread } from "../data/data.ts";
import { atMost, type Figure, mustBe, report } from "../measure/measure.ts";
import { type ArchiveCost, costs, readArchive, readByRival, type Span, same, times } from "./query-runs.ts";

/** About the time of a request to R2 until its first byte. */
const LATENCY_MS = 30;
/** Ten points may cost at most this many times the cost of one point. */
const TIMES_MAX = 4;

type Measure = "requests" | "bytes" | "cpuSeconds" | "elapsedSeconds";

const MEASURES: readonly [Measure, string][] = [
  ["requests", "requests"],
  ["bytes", "bytes"],
  ["cpuSeconds", "CPU"],
  ["elapsedSeconds", `time, a request taking ${LATENCY_MS} ms`],
];

/** Costs with no footer known, and with the footers known. */
interface Costs {
  readonly cold: ArchiveCost;
  readonly warm: ArchiveCost;
}

/**
 * Ten points beside one point: ten consecutive names, as a device has them, and ten names spread evenly over the site.
 * `bounded` are the measures that must stay below four times those of one point; the others are only reported.
 */
export async function tenPointFigures(
  archive: BenchArchive,
  names: readonly string[],
  span: Omit<Span, "points">,
  bounded: Readonly<Record<"device" | keyof Costs, readonly Measure[]>>,
): Promise<Figure[]> {
  const first = names.indexOf(spread(names, 1)[0] as string);
  const device = { ...span, points: names.slice(first, first + 10) };
  const spreadOut = { ...span, points: spread(names, 10) };
  const one = await readBoth(archive, { ...span, points: names.slice(first, first + 1) });
  const near = await readBoth(archive, device);
  const far = await readBoth(archive, spreadOut);
  const duckdbNear = await readByRival("duckdb", archive, device);
  const duckdbFar = await readByRival("duckdb", archive, spreadOut);
  return [
    ...reportOf("one point", one),
    mustBe("ten of a device", `${near.cold.samples} samples`, same(near.cold, near.warm, duckdbNear)),
    ...reportOf("ten of a device", near),
    report("ten of a device, DuckDB", costs(duckdbNear)),
    ...MEASURES.map(([measure, title]) =>
      ratioOf(
        `ten of a device, ${title}`,
        Math.max(times(near.cold, one.cold, measure), times(near.warm, one.warm, measure)),
        bounded.device.includes(measure),
      ),
    ),
    mustBe("ten spread", `${far.cold.samples} samples`, same(far.cold, far.warm, duckdbFar)),
    ...reportOf("ten spread", far),
    report("ten spread, DuckDB", costs(duckdbFar)),
    ...(["cold", "warm"] as const).flatMap((footers) =>
      MEASURES.map(([measure, title]) =>
        ratioOf(
          `ten spread, ${footers}, ${title}`,
          times(far[footers], one[footers], measure),
          bounded[footers].includes(measure),
        ),
      ),
    ),
    atMost("ten spread, bytes, cold ÷ DuckDB's", times(far.cold, duckdbFar, "bytes"), 1),
  ];
}

const ratioOf = (what: string, ratio: number, isBounded: boolean) =>
  isBounded
    ? atMost(`${what} ÷ one point's`, ratio, TIMES_MAX)
    : report(`${what} ÷ one point's`, ratio.toFixed(2));

/** Times are measured with latency, all else afterwards without latency, when the code is compiled. */
async function readBoth({ folder }: BenchArchive, query: Span): Promise<Costs> {
  const away = await readArchive(folder, query, LATENCY_MS);
  const { cold, warm } = await readArchive(folder, query);
  return {
    cold: { ...cold, elapsedSeconds: away.cold.elapsedSeconds },
    warm: { ...warm, elapsedSeconds: away.warm.elapsedSeconds },
  };
}

const reportOf = (what: string, both: Costs) =>
  (["cold", "warm"] as const).map((footers) =>
    report(`${what}, ${footers}`, `${costs(both[footers])}, ${both[footers].elapsedSeconds.toFixed(2)} s`),
  );
