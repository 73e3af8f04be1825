import type { TimeForm } from "../../../contract/query.ts";
import type { RowBatch } from "../row-batches.ts";
import { type AnswerPage, utf8 } from "./answer-page.ts";

/** One object. Its metadata come last, since they count what was written before them. */
export async function* writeJson(page: AnswerPage): AsyncGenerator<Uint8Array, void> {
  const names = page.pointNames.map((name) => JSON.stringify(name));
  yield utf8(`{"site_name":${JSON.stringify(page.siteName)},"point_names":[${names.join(",")}],"samples":[`);
  const timeText = JSON_TIMES[page.time];
  let separator = "";
  for await (const batch of page.batches) {
    const text = rowsOf(batch, (point, ms, value) => {
      const row = `${separator}\n${sampleOf(names[point], timeText(ms), value)}`;
      separator = ",";
      return row;
    });
    yield utf8(text);
  }
  yield utf8(`\n],"metadata":${JSON.stringify(page.metadata())}}\n`);
}

/** A sample a line. The last line is `{"metadata":{…}}`, which also shows that the answer is complete. */
export async function* writeNdjson(page: AnswerPage): AsyncGenerator<Uint8Array, void> {
  const names = page.pointNames.map((name) => JSON.stringify(name));
  const timeText = JSON_TIMES[page.time];
  for await (const batch of page.batches) {
    const text = rowsOf(batch, (point, ms, value) => `${sampleOf(names[point], timeText(ms), value)}\n`);
    yield utf8(text);
  }
  yield utf8(`${JSON.stringify({ metadata: page.metadata() })}\n`);
}

type TimeText = (ms: number) => string;

const TIMES: Readonly<Record<TimeForm, TimeText>> = {
  iso: (ms) => new Date(ms).toISOString(),
  ms: String,
};

const JSON_TIMES: Readonly<Record<TimeForm, TimeText>> = {
  iso: (ms) => `"${TIMES.iso(ms)}"`,
  ms: TIMES.ms,
};

/** JSON has no number for a value that is not finite. */
function sampleOf(name: string | undefined, timestamp: string, value: number): string {
  const number = Number.isFinite(value) ? decimalOf(value) : "null";
  return `{"point_name":${name},"timestamp":${timestamp},"value":${number}}`;
}

const LINE_END = "\r\n";

/**
 * RFC 4180, with a header. A table has no place for metadata, and one page must not look like the whole answer: a fourth
 * column has the next page's cursor, in the last row alone.
 */
export async function* writeCsv(page: AnswerPage): AsyncGenerator<Uint8Array, void> {
  const names = page.pointNames.map(csvField);
  yield utf8(`point_name,timestamp,value,next_cursor${LINE_END}`);
  for await (const batch of page.batches) yield utf8(linesOf(batch, names, TIMES[page.time]));
}

function linesOf(batch: RowBatch, names: readonly string[], timeText: TimeText): string {
  const lines = rowsOf(
    batch,
    (point, ms, value) => `${names[point]},${timeText(ms)},${decimalOf(value)},${LINE_END}`,
  );
  if (batch.nextCursor === undefined) return lines;
  return lines.slice(0, -LINE_END.length) + batch.nextCursor + LINE_END;
}

/** A field of RFC 4180, in quotes where it needs them. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A batch's rows as text. */
function rowsOf(batch: RowBatch, row: (point: number, ms: number, value: number) => string): string {
  let text = "";
  for (let at = 0; at < batch.length; at++) {
    text += row(batch.point[at] as number, batch.ms[at] as number, batch.value[at] as number);
  }
  return text;
}

/** The shortest text that reads back as the same double; String() alone would drop the sign of -0. */
export function decimalOf(value: number): string {
  return value === 0 && 1 / value < 0 ? "-0" : String(value);
}
