import type { FormatName } from "../../../contract/query.ts";
import type { AnswerPage } from "./answer-page.ts";
import { writeArrow } from "./arrow-format.ts";
import { writeCsv, writeJson, writeNdjson } from "./text-formats.ts";

export { csvField, decimalOf } from "./text-formats.ts";

/** Turns one batch after another into bytes. */
export type WriteFormat = (page: AnswerPage) => AsyncGenerator<Uint8Array, void>;

export const FORMATS: Readonly<Record<FormatName, WriteFormat>> = {
  json: writeJson,
  csv: writeCsv,
  ndjson: writeNdjson,
  arrow: writeArrow,
};
