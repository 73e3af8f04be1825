import type { CommandRun } from "../../terminal/terminal.ts";
import { atMost, MIB, mib, mustBe, type Section, type SectionOptions, seconds } from "../measure/measure.ts";
import { cpuPerMillion, memoryAboveIdle, runLoad, type ScaleRun, UNLIMITED } from "./scale-run.ts";

/** The size of the day in reference days. */
interface Size {
  readonly name: string;
  readonly days: number;
}

const SIXTEENTH: Size = { name: "1/16", days: 1 / 16 };
const QUARTER: Size = { name: "1/4", days: 1 / 4 };
const ONE: Size = { name: "1", days: 1 };
const SIZES = {
  full: [QUARTER, ONE, { name: "4", days: 4 }, { name: "16", days: 16 }],
  quick: [SIXTEENTH, QUARTER, ONE],
};
/** Three quarters of what all objects of an isolate may use together, however large the day is. */
const ACCOUNTED_MIB_MAX = 48;

/** One site's day in one file, of several sizes. */
export async function measureDaySizes(run: CommandRun, { quick }: SectionOptions): Promise<Section> {
  const measured: { size: Size; result: ScaleRun }[] = [];
  for (const size of quick ? SIZES.quick : SIZES.full) {
    console.log(`… ${size.name} reference days in one file`);
    measured.push({
      size,
      result: await runLoad({ sites: 1, days: size.days, requestsPerMinute: UNLIMITED }, run),
    });
  }
  const one = measured.find(({ size }) => size === ONE)?.result;
  const ratio = (result: ScaleRun) => (one ? cpuPerMillion(result) / cpuPerMillion(one) : Number.NaN);
  return {
    tables: [
      {
        title: "one site, a day in one file, without a limit of requests; 1 is the reference day",
        columns: [
          "reference days",
          "samples",
          "wall",
          "CPU",
          "CPU a million samples",
          "÷ 1 day",
          "accounted memory",
          "memory of workerd above idle",
        ],
        rows: measured.map(({ size, result }) => [
          size.name,
          result.samples.toLocaleString("en-US"),
          seconds(result.wallSeconds),
          seconds(result.cpuSeconds),
          `${cpuPerMillion(result).toFixed(2)} s`,
          ratio(result).toFixed(2),
          mib(result.pipelineBytesPeak),
          mib(memoryAboveIdle(result)),
        ]),
      },
    ],
    figures: measured.flatMap(({ size, result }) => {
      const what = `${size.name} reference days in one file`;
      return [
        mustBe(`${what}: completes`, `${result.samples} samples`, result.isWhole),
        atMost(`${what}: accounted memory`, result.pipelineBytesPeak / MIB, ACCOUNTED_MIB_MAX, " MiB"),
      ];
    }),
  };
}
