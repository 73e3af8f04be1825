import { PIPELINE_BYTES_MAX } from "../../src/domain/limits.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import {
  atMost,
  MIB,
  mib,
  mustBe,
  report,
  type Section,
  type SectionOptions,
  seconds,
} from "../measure/measure.ts";
import { cpuPerMillion, memoryAboveIdle, runLoad, type ScaleRun } from "./scale-run.ts";

/** Slow enough that one thread keeps up, as it does with any real key: a request takes some 0.13 s of CPU. */
const REQUESTS_PER_MINUTE = 300;
const COUNTS = { full: [1, 4, 16], quick: [1, 4] };
const DAYS = { full: 1, quick: 1 / 16 };
const ACCOUNTED_MIB_MAX = PIPELINE_BYTES_MAX / MIB;

/** Several sites at once, which share the key's rate, one isolate and its memory. */
export async function measureSiteCounts(run: CommandRun, { quick }: SectionOptions): Promise<Section> {
  const days = quick ? DAYS.quick : DAYS.full;
  const measured: { sites: number; result: ScaleRun }[] = [];
  for (const sites of quick ? COUNTS.quick : COUNTS.full) {
    console.log(`… ${sites} sites at once`);
    measured.push({
      sites,
      result: await runLoad({ sites, days, requestsPerMinute: REQUESTS_PER_MINUTE }, run),
    });
  }
  return {
    tables: [
      {
        title: `sites at once, ${quick ? "1/16 of a" : "a"} reference day each, at ${REQUESTS_PER_MINUTE} requests a minute (floor: requests ÷ rate), with the roll-ups of sites whose day is complete`,
        columns: [
          "sites",
          "samples",
          "requests",
          "floor",
          "wall",
          "wall ÷ floor",
          "CPU a million samples",
          "accounted memory",
          "memory of workerd above idle",
        ],
        rows: measured.map(({ sites, result }) => [
          String(sites),
          result.samples.toLocaleString("en-US"),
          String(requestsOf(result)),
          seconds(floorSeconds(result)),
          seconds(result.wallSeconds),
          (result.wallSeconds / floorSeconds(result)).toFixed(2),
          `${cpuPerMillion(result).toFixed(2)} s`,
          mib(result.pipelineBytesPeak),
          mib(memoryAboveIdle(result)),
        ]),
      },
    ],
    figures: measured.flatMap(({ sites, result }) => {
      const what = sites === 1 ? "1 site" : `${sites} sites at once`;
      return [
        mustBe(`${what}: completes`, `${result.samples} samples`, result.isWhole),
        atMost(`${what}: accounted memory`, result.pipelineBytesPeak / MIB, ACCOUNTED_MIB_MAX, " MiB"),
        report(`${what}: wall ÷ floor`, (result.wallSeconds / floorSeconds(result)).toFixed(2)),
      ];
    }),
  };
}

const requestsOf = ({ status }: ScaleRun) => status.sites.reduce((sum, site) => sum + site.run.requests, 0);
const floorSeconds = (result: ScaleRun) => (requestsOf(result) * 60) / REQUESTS_PER_MINUTE;
