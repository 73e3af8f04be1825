import type { PageContext, SamplesPage } from "./page-rows.ts";
import { parseSamples } from "./parse.ts";
import { scanSamples } from "./scan/scan.ts";

export type { PageContext, SamplesPage } from "./page-rows.ts";
export { parseSamples } from "./parse.ts";
export { parseJsonObject } from "./parse-json.ts";
export { scanSamples } from "./scan/scan.ts";
export type { TimeGroup } from "./time-runs.ts";
export { UnlistedNames } from "./unlisted-names.ts";

/**
 * Decodes a response of `timeseries/paginated`. Throws `VendorFault`: "truncated" or "malformed" for bad JSON,
 * "too-large" for more values than are parsed, "protocol" for JSON that isn't a page, and for times that do not
 * ascend: cursors count rows of the last timestamp, which requires an ordered page.
 */
export function decodeSamples(body: Uint8Array, context: PageContext): SamplesPage {
  return scanSamples(body, context) ?? parseSamples(body, context);
}
