import type { Page } from "./page.ts";
import { jsonNumberOf, rowsOf, utf8 } from "./text.ts";

/** One object; its metadata come last, for they count what was written before them. */
export async function* writeJson(page: Page): AsyncGenerator<Uint8Array, void> {
  const names = page.pointNames.map((name) => JSON.stringify(name));
  yield utf8(`{"site_name":${JSON.stringify(page.siteName)},"point_names":[${names.join(",")}],"samples":[`);
  let separator = "";
  for await (const block of page.blocks) {
    const text = rowsOf(block, (point, timestamp, value) => {
      const row = `${separator}\n{"point_name":${names[point]},"timestamp":"${timestamp}","value":${jsonNumberOf(value)}}`;
      separator = ",";
      return row;
    });
    yield utf8(text);
  }
  yield utf8(`\n],"metadata":${JSON.stringify(page.metadata())}}\n`);
}
