import type { UtcDay } from "../../../domain/day.ts";
import { type RollupPeriod, resolutionOf } from "../../../domain/rollup.ts";
import { encodeRollupFooter, ROLLUP_VERSION } from "../../../parquet/rollup/rollup.ts";
import type { Sql } from "../../ports.ts";
import type { ActionContext } from "../context.ts";
import {
  addPart,
  addRowGroup,
  dropFile,
  dropRowGroups,
  fileDigest,
  PartWriter,
  rowGroupsOf,
} from "../ledger/ledger.ts";
import { mergedGroups } from "./collected/collected.ts";
import { isBuilt, type PeriodFacts, targetDays } from "./next-rollup.ts";
import { factsOf } from "./rollup-facts.ts";
import { type RollupBuild, setRollup } from "./rollup-table.ts";
import { PROGRESS } from "./step-failures.ts";

/** Memory of a row of a row group while it is encoded. */
const ENCODED_ROW_BYTES = 200;

/**
 * Merges the next points of the collected days: one transaction reads their blocks, and writes row groups and the
 * position after them. A crash repeats the slice, to the same bytes. The last slice writes the footer and hashes the file.
 */
export async function mergeRollup(context: ActionContext, period: RollupPeriod): Promise<void> {
  const { clock, isolate, store } = context;
  // Lets other objects of the isolate run between two slices.
  await clock.sleep(0);
  await isolate.runExclusive(clock, async () => {
    let release = () => {};
    const use = (bytes: number) => {
      release();
      release = isolate.use(bytes);
    };
    try {
      store.tx((sql) => {
        const facts = factsOf(sql, period, clock.now());
        const known = isBuilt(facts) ? facts.rollup.build : undefined;
        if (known && !mayContinue(known)) {
          dropFile(sql, period);
          setRollup(sql, period, { ...PROGRESS, build: undefined });
          return;
        }
        const build = known ?? newBuild(sql, facts);
        if (!build || build.file) return;
        mergeSlice(context, sql, facts, build, use);
      });
    } finally {
      release();
    }
  });
}

/** A file has one format version from start to end. A file that is complete stays. */
const mayContinue = ({ file, formatVersion }: RollupBuild) =>
  file !== undefined || formatVersion === ROLLUP_VERSION;

/** A roll-up of all days that it can have now; undefined while one of them has not been collected. */
function newBuild(sql: Sql, facts: PeriodFacts): RollupBuild | undefined {
  const days = [...targetDays(facts)];
  const isReady = days.every(([date, { etag, records }]) => {
    const known = facts.collected.get(date);
    return records === 0 || (known?.etag === etag && known.done);
  });
  if (!isReady || days.length === 0) return undefined;
  dropFile(sql, facts.period);
  return {
    days: Object.fromEntries(days.map(([date, { etag }]) => [date, etag])),
    formatVersion: ROLLUP_VERSION,
    position: { after: "", within: 0, offset: 0, rows: 0 },
  };
}

function mergeSlice(
  context: ActionContext,
  sql: Sql,
  facts: PeriodFacts,
  build: RollupBuild,
  use: (bytes: number) => void,
): void {
  const { site, steps } = context;
  const { period } = facts;
  const memory = { blocks: 0, group: 0, output: 0 };
  const update = (changes: Partial<typeof memory>) => {
    Object.assign(memory, changes);
    use(memory.blocks + memory.group + memory.output);
  };
  // The row groups of a part as they are, and joined.
  const parts = new PartWriter(sql, period, (bytes) => update({ output: 2 * bytes }));
  const days = Object.keys(build.days).filter((date) => (facts.days.get(date as UtcDay)?.records ?? 0) > 0);
  let { offset, rows } = build.position;
  const groups = mergedGroups(resolutionOf(period), {
    sql,
    site,
    days: days as UtcDay[],
    from: build.position,
    use: (blocks) => update({ blocks }),
  });
  let samples = 0;
  while (samples < steps.sliceSamples) {
    const group = groups.next();
    if (!group) break;
    update({ group: group.rows * ENCODED_ROW_BYTES });
    const { bytes, metadata } = group.encode(offset);
    parts.add(bytes);
    addRowGroup(sql, period, metadata);
    offset += bytes.length;
    rows += group.rows;
    samples += group.samples;
  }
  parts.flush();
  context.count({ samples });
  const merged = { ...build, position: { ...groups.position, offset, rows } };
  setRollup(sql, period, { ...PROGRESS, build: groups.done ? seal(context, sql, facts, merged) : merged });
}

/** Completes the file with its footer and its hash. */
function seal({ site }: ActionContext, sql: Sql, facts: PeriodFacts, build: RollupBuild): RollupBuild {
  const { period } = facts;
  const dates = (Object.keys(build.days) as UtcDay[]).sort();
  const hasRows = (date: UtcDay) => (facts.days.get(date)?.records ?? 0) > 0;
  const days = dates.filter(hasRows);
  const emptyDays = dates.filter((date) => !hasRows(date));
  addPart(sql, period, encodeRollupFooter(rowGroupsOf(sql, period), { site, period, days, emptyDays }));
  dropRowGroups(sql, period);
  return { ...build, file: fileDigest(sql, period) };
}
