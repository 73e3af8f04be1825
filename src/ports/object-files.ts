import type { ObjectKey } from "../domain/layout.ts";
import type { ObjectHead } from "./ports.ts";

/** Whole objects. Strongly consistent; a call is a request, and head and body are of one version. */
export interface ObjectFiles {
  /** undefined where there is none. A body that breaks off fails whoever reads it. */
  open(key: ObjectKey): Promise<ObjectFile | undefined>;
}

export interface ObjectFile {
  readonly head: ObjectHead;
  /** To be read, or cancelled. */
  readonly body: ReadableStream<Uint8Array>;
}
