import { bytesReply, type Reply } from "../ace-api/ace-api.ts";
import { seedOf } from "../chance.ts";

const ROW = /(\{"name":"(?:[^"\\]|\\.)*","value":)("(?:[^"\\]|\\.)*"|[^",}\]]+)(,"time":"[^"]*"\})/g;
const BARE = ["NaN", "Infinity", "-Infinity"];

/** One row in `every` has a bare number as its value, by its name and time alone; tags of points have one as well. */
export function withBareNumbers(reply: Reply, every: number): Reply {
  return withText(reply, (text) =>
    text
      .replace(ROW, (row, start: string, _, end: string) => {
        const seed = seedOf(start + end, 0);
        return seed % every === 0 ? `${start}${BARE[seed % BARE.length]}${end}` : row;
      })
      .replace(/"kv_tags":\{(\})?/g, (_, end?: string) => `"kv_tags":{"gain":NaN${end ?? ","}`),
  );
}

/** Entries as other services send them: no name, no entry at all, and names that no file can hold. */
const NAMELESS: readonly unknown[] = [
  { id: 1, name: null },
  { id: 2 },
  null,
  { id: 4, name: "" },
  { id: 5, name: "x".repeat(3_000) },
  { id: 6, name: "half a pair \ud800" },
];

/** `count` entries without a usable name come before the others of a page of points. */
export function withNamelessPoints(reply: Reply, count: number): Reply {
  return withText(reply, (text) => {
    const page = JSON.parse(text) as { items?: unknown; total?: unknown };
    if (!Array.isArray(page.items) || typeof page.total !== "number") return text;
    const added = Array.from({ length: count }, (_, index) => NAMELESS[index % NAMELESS.length]);
    return `${JSON.stringify({ ...page, items: [...added, ...page.items], total: page.total + count })}\n`;
  });
}

function withText(reply: Reply, change: (text: string) => string): Reply {
  const text = change(Buffer.concat(reply.body).toString());
  return { ...bytesReply(reply.status, "", [Buffer.from(text)], reply.rows), headers: reply.headers };
}
