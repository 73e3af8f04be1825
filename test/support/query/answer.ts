import { type Meter, newMeter } from "../../../src/query/cost.ts";
import type { AnswerTier, SampleQuery, SampleSource } from "../../../src/query/source.ts";

/** A day of an answer, with samples as pairs of time and value. */
export interface PlainDay {
  readonly day: string;
  readonly state: string;
  readonly tiers: readonly AnswerTier[];
  readonly series: readonly (readonly (readonly [ms: number, value: number])[])[];
}

/** All of an answer, and what it cost. */
export async function answerOf(
  source: SampleSource,
  query: SampleQuery,
): Promise<{ days: PlainDay[]; meter: Meter }> {
  const meter = newMeter();
  const days: PlainDay[] = [];
  for await (const { series, ...day } of source.days(query, meter)) {
    const plain = series.map(({ ms, value }) =>
      Array.from(ms, (at, index) => [at, value[index] as number] as const),
    );
    days.push({ ...day, series: plain });
  }
  return { days, meter };
}
