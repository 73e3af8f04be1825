import type { FormatName, TimeseriesQuery } from "../../contract/query.ts";
import type { Clock } from "../../ports/ports.ts";
import { type Meter, newMeter, type SampleSource } from "../source.ts";
import { type Asked, foldFor } from "./asked.ts";
import { blocksOf } from "./blocks.ts";
import { begun, byteStream } from "./byte-stream.ts";
import { type Binding, bindingOf, type Position, readCursor, writeCursor } from "./cursor.ts";
import { WRITERS } from "./page.ts";
import { metadataOf, newTally } from "./tally.ts";

export interface AnswerParts {
  readonly samples: SampleSource;
  readonly clock: Pick<Clock, "now">;
  /** Called with what breaks an answer off in its middle. */
  brokeOff(fault: unknown): void;
  /** Called where the reader goes away before the end; with what was spent until then. */
  left(meter: Meter): void;
}

/**
 * The answer to a query as bytes, read as the reader takes them: one block, and what the source reads ahead, are in
 * memory. Rejects with what goes wrong before the first row; later the body breaks off.
 */
export async function answerQuery(
  query: TimeseriesQuery,
  format: FormatName,
  { samples, clock, brokeOff, left }: AnswerParts,
): Promise<ReadableStream<Uint8Array> | { readonly fault: string }> {
  const beganMs = clock.now();
  const asked = askedBy(query);
  const binding = await bindingOf(asked);
  const from = beginning(query.cursor, asked, binding);
  if (from && "fault" in from) return { fault: `cursor ${from.fault}` };

  const [meter, tally] = [newMeter(), newTally()];
  const cursorAt = (position: Position) => writeCursor(position, binding);
  const blocks = await begun(blocksOf({ asked, from, limit: query.limit, cursorAt }, samples, meter, tally));
  const page = {
    siteName: asked.site,
    pointNames: asked.points,
    blocks,
    metadata: () => metadataOf(tally, asked.points, meter, clock.now() - beganMs),
  };
  return byteStream(WRITERS[format](page), {
    brokeOff,
    async left() {
      await blocks.return?.();
      left(meter);
    },
  });
}

function askedBy(query: TimeseriesQuery): Asked {
  return {
    site: query.site_name,
    points: query.point_names,
    fromMs: query.start_time,
    toMs: query.end_time,
    fold: foldFor(query.interval, query.agg),
  };
}

function beginning(cursor: string | undefined, asked: Asked, binding: Binding) {
  return cursor === undefined ? undefined : readCursor(cursor, asked, binding);
}
