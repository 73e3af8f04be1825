import type { FormatName, TimeseriesQuery } from "../../contract/query.ts";
import type { Clock } from "../../ports/ports.ts";
import { type Meter, newMeter } from "../cost.ts";
import { bindingOf, type RowPosition, readCursor, writeCursor } from "./answer-cursor.ts";
import { metadataOf, newStats } from "./answer-stats.ts";
import { byteStream, continued } from "./byte-stream.ts";
import { FORMATS } from "./formats/formats.ts";
import { specOf } from "./query-spec.ts";
import { rowBatches } from "./row-batches.ts";
import type { AnswerSources } from "./sections.ts";

export { csvField, decimalOf } from "./formats/formats.ts";

export interface AnswerParts extends AnswerSources {
  readonly clock: Pick<Clock, "now">;
  /** Called with the fault that ends a body in its middle. */
  onFault(fault: unknown): void;
  /** Called where the client disconnects before the end, with the cost until then. */
  onCancel(meter: Meter): void;
}

/**
 * The answer to a query as bytes, read from the source as the client takes them: memory holds one batch of rows, and what
 * the source reads ahead. Rejects with a fault before the first row; a later fault ends the body in its middle.
 */
export async function answerQuery(
  query: TimeseriesQuery,
  format: FormatName,
  { samples, buckets, clock, onFault, onCancel }: AnswerParts,
): Promise<ReadableStream<Uint8Array> | { readonly fault: string }> {
  const startedMs = clock.now();
  const spec = specOf(query);
  const binding = await bindingOf(spec);
  const from = query.cursor === undefined ? undefined : readCursor(query.cursor, spec, binding);
  if (from && "fault" in from) return { fault: `cursor ${from.fault}` };

  const [meter, stats] = [newMeter(), newStats()];
  const cursorAt = (position: RowPosition) => writeCursor(position, binding);
  const page = { spec, from, limit: query.limit, cursorAt };
  const batches = rowBatches(page, { samples, buckets }, meter, stats);
  const first = await batches.next();
  const body = FORMATS[format]({
    siteName: spec.site,
    pointNames: spec.points,
    time: query.time ?? "iso",
    batches: continued(first, batches),
    metadata: () => metadataOf(stats, spec.points, meter, clock.now() - startedMs),
  });
  return byteStream(body, {
    onFault,
    async onCancel() {
      await batches.return();
      onCancel(meter);
    },
  });
}
