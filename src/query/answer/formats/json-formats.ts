import { type AnswerPage, decimalOf, rowsOf, utf8 } from "./answer-page.ts";

/** One object. Its metadata come last, since they count what was written before them. */
export async function* writeJson(page: AnswerPage): AsyncGenerator<Uint8Array, void> {
  const names = page.pointNames.map((name) => JSON.stringify(name));
  yield utf8(`{"site_name":${JSON.stringify(page.siteName)},"point_names":[${names.join(",")}],"samples":[`);
  let separator = "";
  for await (const batch of page.batches) {
    const text = rowsOf(batch, (point, timestamp, value) => {
      const row = `${separator}\n${sampleOf(names[point], timestamp, value)}`;
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
  for await (const batch of page.batches) {
    const text = rowsOf(batch, (point, timestamp, value) => `${sampleOf(names[point], timestamp, value)}\n`);
    yield utf8(text);
  }
  yield utf8(`${JSON.stringify({ metadata: page.metadata() })}\n`);
}

/** JSON has no number for a value that is not finite. */
function sampleOf(name: string | undefined, timestamp: string, value: number): string {
  const number = Number.isFinite(value) ? decimalOf(value) : "null";
  return `{"point_name":${name},"timestamp":"${timestamp}","value":${number}}`;
}
