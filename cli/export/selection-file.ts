import { statSync } from "node:fs";
import { open } from "node:fs/promises";
import { namedPoints, type QueryClient } from "../../client/client.ts";
import { type QueryAnswer, ROWS_DEFAULT, type Sample } from "../../src/contract/query.ts";
import { CommandError, EXIT } from "../../terminal/terminal.ts";
import { expandPatterns } from "../query-output/query-output.ts";
import { withRetries } from "./fetch-file.ts";
import { conflict, progressPath, readProgress, writeProgress, writeWhole } from "./part-file.ts";
import { type PointSelection, patternSpan, spansOf } from "./selection.ts";
import { type ResolvedSelection, rowEncoder, type SelectionFormat } from "./selection-formats.ts";

/** How much of a selection is written; stored beside the part until the file is complete. */
interface SelectionProgress {
  readonly selection: ResolvedSelection;
  readonly format: SelectionFormat;
  /** The Query Worker's address, because another Worker may have another archive. */
  readonly source: string;
  /** The query that is read, of the queries of the selection, and its next page. */
  readonly span: number;
  readonly cursor: string | null;
  /** The size of the part with exactly the pages before. */
  readonly bytes: number;
  readonly rows: number;
  readonly groups: readonly string[];
  readonly missingDays: readonly string[];
  /** The points that have a row. */
  readonly seen: readonly string[];
}

/** What a selection has. */
export interface SelectionOutcome {
  readonly names: readonly string[];
  readonly rows: number;
  readonly missingDays: readonly string[];
  readonly unseen: readonly string[];
}

/** What is shown while a selection is written. */
export interface SelectionFigures {
  readonly rows: number;
  readonly bytes: number;
  /** The last day that has been read, once there are rows. */
  readonly through: string | undefined;
}

/** How a selection is read. */
export interface ReadOptions {
  /** Rows of a page at most. Pages are collected until they have as many: these become one row group. */
  readonly batchRows?: number;
  /** Waits after transient errors. */
  readonly waitsMs?: readonly number[];
}

/**
 * Writes the samples of a selection into one file at `path`, in order of UTC day, then of point, then of time. Patterns are
 * resolved once. Rows are appended to `{path}.part`; a later call with the same selection continues after the last pages
 * that are complete in it. There is no file where the selection has no row. Throws `CommandError`, as `writeWhole` does.
 */
export async function writeSelection(
  query: QueryClient,
  path: string,
  format: SelectionFormat,
  selection: PointSelection,
  show: (figures: SelectionFigures) => void,
  options: ReadOptions = {},
): Promise<SelectionOutcome> {
  return writeWhole(path, async (part) => {
    const begun = await progressOf(query, part, format, selection);
    const {
      selection: resolved,
      rows,
      missingDays,
      seen,
    } = await writePart(query, part, begun, show, options);
    const { names } = resolved;
    const unseen = names.filter((name) => !seen.includes(name));
    return { names, rows, missingDays, unseen, isEmpty: rows === 0 };
  });
}

async function writePart(
  query: QueryClient,
  part: string,
  begun: SelectionProgress,
  show: (figures: SelectionFigures) => void,
  options: ReadOptions,
): Promise<SelectionProgress> {
  let progress = begun;
  const encoder = rowEncoder(begun.format, begun.selection);
  const handle = await open(part, "a");
  // Not `write`, which on a nearly full disk writes only a part, without an error.
  const append = (bytes: Uint8Array) => handle.appendFile(bytes);
  try {
    // Removes rows of pages that were not complete.
    await handle.truncate(progress.bytes);
    if (progress.bytes === 0) {
      const begin = encoder.begin();
      await append(begin);
      progress = { ...progress, bytes: begin.length };
    }
    for await (const { samples, ...read } of batches(query, part, progress, options)) {
      const { bytes, group } =
        samples.length === 0 ? { bytes: new Uint8Array() } : encoder.encode(samples, progress.bytes);
      await append(bytes);
      await handle.datasync();
      // A crash before this line leaves rows that the next export removes.
      progress = {
        ...progress,
        ...read,
        bytes: progress.bytes + bytes.length,
        rows: progress.rows + samples.length,
        groups: group === undefined ? progress.groups : [...progress.groups, group],
        seen: [...new Set([...progress.seen, ...samples.map(({ point_name }) => point_name)])],
      };
      writeProgress(part, progress);
      show({ rows: progress.rows, bytes: progress.bytes, through: samples.at(-1)?.timestamp.slice(0, 10) });
    }
    await append(encoder.end(progress.groups));
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return progress;
}

/** Rows of some pages, and where the progress is after them. */
type Batch = Pick<SelectionProgress, "span" | "cursor" | "missingDays"> & { readonly samples: Sample[] };

async function* batches(
  query: QueryClient,
  part: string,
  { selection, missingDays: missingBefore, ...from }: SelectionProgress,
  { batchRows = ROWS_DEFAULT, waitsMs }: ReadOptions,
): AsyncGenerator<Batch, void> {
  const spans = spansOf(selection);
  let { span, cursor } = from;
  const missing = new Set(missingBefore);
  let samples: Sample[] = [];
  for (; span < spans.length; ) {
    const page = await withRetries(
      () => pageOf(query, part, selection, { span, cursor, batchRows }),
      waitsMs,
    );
    for (const day of page.metadata.missing_days) missing.add(day);
    for (const sample of page.samples) samples.push(sample);
    cursor = page.metadata.next_cursor;
    if (cursor === null) span += 1;
    if (samples.length < batchRows && span < spans.length) continue;
    yield { samples, span, cursor, missingDays: [...missing] };
    samples = [];
  }
}

async function pageOf(
  query: QueryClient,
  part: string,
  selection: ResolvedSelection,
  { span, cursor, batchRows }: Pick<SelectionProgress, "span" | "cursor"> & { readonly batchRows: number },
): Promise<QueryAnswer> {
  const { site, names, interval, agg } = selection;
  const { fromMs, toMs } = spansOf(selection)[span] ?? { fromMs: 0, toMs: 0 };
  try {
    return await query.samples([
      ["site_name", site],
      ...namedPoints(names),
      ["start_time", String(fromMs)],
      ["end_time", String(toMs)],
      ["interval", interval],
      ["limit", String(batchRows)],
      ...(agg ? ([["agg", agg]] as const) : []),
      ...(cursor === null ? [] : ([["cursor", cursor]] as const)),
    ]);
  } catch (error) {
    if (!(error instanceof CommandError && cursor !== null && error.exitCode === EXIT.rejected)) throw error;
    // A Worker of another version may not know the cursor any more.
    if (!/\bcursor\b/.test(error.message)) throw error;
    const advice = `Remove ${part} and ${progressPath(part)}, and run the command again.`;
    throw new CommandError(error.message, advice, { cause: error, exitCode: error.exitCode });
  }
}

/** The stored progress of the same selection, or a new one, for which the patterns are resolved. */
async function progressOf(
  query: QueryClient,
  part: string,
  format: SelectionFormat,
  selection: PointSelection,
): Promise<SelectionProgress> {
  const source = query.worker.url;
  const bytesOfPart = statSync(part, { throwIfNoEntry: false })?.size;
  const earlier = bytesOfPart === undefined ? undefined : readProgress<Partial<SelectionProgress>>(part);
  if (earlier && !isSame(earlier, { selection, format, source })) {
    throw conflict(`${part} and ${progressPath(part)}`, "belong to another export");
  }
  // A part that is shorter than recorded was truncated: continuing would leave a gap of zeros.
  if (earlier?.bytes !== undefined && (bytesOfPart ?? 0) >= earlier.bytes)
    return earlier as SelectionProgress;
  const found = await withRetries(() =>
    expandPatterns(query, selection.site, selection.points, patternSpan(selection)),
  );
  const names = [...new Set(found)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return {
    selection: { ...selection, names },
    format,
    source,
    span: 0,
    cursor: null,
    bytes: 0,
    rows: 0,
    groups: [],
    missingDays: [],
    seen: [],
  };
}

/** Whether the part is of this selection, in the words of the user: patterns are not resolved again. */
function isSame(
  earlier: Partial<SelectionProgress>,
  { selection, format, source }: Pick<SelectionProgress, "format" | "source"> & { selection: PointSelection },
): boolean {
  const of = ({ site, from, to, points, interval, agg }: PointSelection) =>
    JSON.stringify([site, from, to, points, interval, agg ?? null]);
  const same = earlier.selection !== undefined && of(earlier.selection) === of(selection);
  return same && earlier.format === format && earlier.source === source;
}
