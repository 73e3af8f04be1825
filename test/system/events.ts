import { TOKEN } from "./fixture.ts";

/** The `status` events of a stream up to the first that is enough; rejects if the stream ends before. */
export async function events<T>(url: string, enough: (event: T) => boolean): Promise<T[]> {
  const response = await fetch(url, { headers: { Authorization: `Bearer ${TOKEN}` } });
  const seen: T[] = [];
  let text = "";
  for await (const part of response.body ?? []) {
    text += new TextDecoder().decode(part);
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = /^event: status\ndata: (.*)$/.exec(block)?.[1];
      if (data) seen.push(JSON.parse(data) as T);
    }
    const last = seen.at(-1);
    // Leaving the loop closes the connection.
    if (last && enough(last)) return seen;
  }
  throw new Error(`the stream ended after ${seen.length} events`);
}
