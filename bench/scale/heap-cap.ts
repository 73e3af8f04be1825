import { startWorker } from "../../local/stack/stack.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import {
  type Figure,
  mustBe,
  type Section,
  type SectionOptions,
  temporaryFolder,
} from "../measure/measure.ts";
import { runLoad, UNLIMITED } from "./scale-run.ts";

/** The memory of an isolate on Cloudflare, all of it for V8's heap. */
const HEAP_MIB = 128;
/** Too small to start with; 16 MiB are enough for the whole day. */
const TOO_SMALL_MIB = 8;
const SITES = { full: [1, 4], quick: [4] };
const QUICK_DAYS = 1 / 16;

/** Whether days complete with V8's heap capped, and whether the flag caps at all. */
export async function measureHeapCap(run: CommandRun, { quick }: SectionOptions): Promise<Section> {
  const figures: Figure[] = [];
  for (const sites of quick ? SITES.quick : SITES.full) {
    const what = `${sites === 1 ? "1 site" : `${sites} sites at once`}, heap capped at ${HEAP_MIB} MiB`;
    console.log(`… ${what}`);
    const result = await runLoad(
      {
        sites,
        days: quick ? QUICK_DAYS : 1,
        requestsPerMinute: UNLIMITED,
        v8Flags: [`--max-heap-size=${HEAP_MIB}`],
      },
      run,
    );
    figures.push(mustBe(`${what}: completes`, `${result.samples} samples`, result.isWhole));
  }
  return { tables: [], figures: [...figures, await capFigure(run)] };
}

/** V8 must report that a cap too small for the Worker is reached. */
async function capFigure(run: CommandRun): Promise<Figure> {
  console.log("… whether the flag caps");
  const stateDir = temporaryFolder(run);
  let reached = false;
  const worker = await startWorker({
    stateDir,
    vars: {},
    v8Flags: [`--max-heap-size=${TOO_SMALL_MIB}`],
    signal: run.signal,
    onLine: (line) => {
      reached ||= line.includes("heap limit");
    },
  }).catch(() => undefined);
  await worker?.stop();
  return mustBe(`the flag caps: ${TOO_SMALL_MIB} MiB`, reached ? "V8 stops at it" : "no effect", reached);
}
