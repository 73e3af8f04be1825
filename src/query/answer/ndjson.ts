import type { Page } from "./page.ts";
import { jsonNumberOf, rowsOf, utf8 } from "./text.ts";

/** A sample a line; the last line is `{"metadata":{…}}`, which also says that nothing was cut off. */
export async function* writeNdjson(page: Page): AsyncGenerator<Uint8Array, void> {
  const names = page.pointNames.map((name) => JSON.stringify(name));
  for await (const block of page.blocks) {
    const text = rowsOf(
      block,
      (point, timestamp, value) =>
        `{"point_name":${names[point]},"timestamp":"${timestamp}","value":${jsonNumberOf(value)}}\n`,
    );
    yield utf8(text);
  }
  yield utf8(`${JSON.stringify({ metadata: page.metadata() })}\n`);
}
