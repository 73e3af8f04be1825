import { type BenchArchive, spread } from "../data/query-archive.ts";
import { atMost, type Figure, mustBe, told } from "../run/verdict.ts";
import { type ArchiveCost, askArchive, askRival, costs, type Span, same, times } from "./query-runs.ts";

/** About what a request to R2 takes before its first byte comes. */
const LATENCY_MS = 30;
/** Ten points may cost so many times one. */
const TIMES_MAX = 4;

type Measure = "requests" | "bytes" | "cpuSeconds" | "elapsedSeconds";

const MEASURES: readonly [Measure, string][] = [
  ["requests", "requests"],
  ["bytes", "bytes"],
  ["cpuSeconds", "CPU"],
  ["elapsedSeconds", `time, a request taking ${LATENCY_MS} ms`],
];

/** With nothing known, and with the footers known. */
interface Costs {
  readonly cold: ArchiveCost;
  readonly warm: ArchiveCost;
}

/**
 * Ten points beside one: ten whose names follow one another, as a device's do, and ten spread evenly over the site.
 * `bounded` are the measures in which each stays below four times one; the others are told.
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
  const one = await askBoth(archive, { ...span, points: names.slice(first, first + 1) });
  const near = await askBoth(archive, device);
  const far = await askBoth(archive, spreadOut);
  const duckdbNear = await askRival("duckdb", archive, device);
  const duckdbFar = await askRival("duckdb", archive, spreadOut);
  return [
    ...toldOf("one point", one),
    mustBe("ten of a device", `${near.cold.samples} samples`, same(near.cold, near.warm, duckdbNear)),
    ...toldOf("ten of a device", near),
    told("ten of a device, DuckDB", costs(duckdbNear)),
    ...MEASURES.map(([measure, title]) =>
      ratioOf(
        `ten of a device, ${title}`,
        Math.max(times(near.cold, one.cold, measure), times(near.warm, one.warm, measure)),
        bounded.device.includes(measure),
      ),
    ),
    mustBe("ten spread", `${far.cold.samples} samples`, same(far.cold, far.warm, duckdbFar)),
    ...toldOf("ten spread", far),
    told("ten spread, DuckDB", costs(duckdbFar)),
    ...(["cold", "warm"] as const).flatMap((footers) =>
      MEASURES.map(([measure, title]) =>
        ratioOf(
          `ten spread, ${footers}, ${title}`,
          times(far[footers], one[footers], measure),
          bounded[footers].includes(measure),
        ),
      ),
    ),
    atMost("ten spread, bytes, cold, of DuckDB's", times(far.cold, duckdbFar, "bytes"), 1),
  ];
}

const ratioOf = (what: string, ratio: number, isBounded: boolean) =>
  isBounded ? atMost(`${what}, of one's`, ratio, TIMES_MAX) : told(`${what}, of one's`, ratio.toFixed(2));

/** Its time with requests that take theirs; all else without, and when what runs is compiled. */
async function askBoth({ folder }: BenchArchive, asked: Span): Promise<Costs> {
  const away = await askArchive(folder, asked, LATENCY_MS);
  const { cold, warm } = await askArchive(folder, asked);
  return {
    cold: { ...cold, elapsedSeconds: away.cold.elapsedSeconds },
    warm: { ...warm, elapsedSeconds: away.warm.elapsedSeconds },
  };
}

const toldOf = (what: string, both: Costs) =>
  (["cold", "warm"] as const).map((footers) =>
    told(`${what}, ${footers}`, `${costs(both[footers])}, ${both[footers].elapsedSeconds.toFixed(2)} s`),
  );
