/** Reads and writes blocks of random bytes in D1, in the form that the request's path names. */
import { fromHex, toHex } from "../../../src/hot/hot.ts";

interface Env {
  readonly D1: D1Database;
}

/** A made-up point's day as rows. */
const ROWS = 817;

export default {
  async fetch(request: Request, { D1 }: Env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [blocks, bytes] = [Number(searchParams.get("blocks")), Number(searchParams.get("bytes"))];
    const read = async <R>(sql: string) => (await D1.prepare(sql).all<R>()).results;
    switch (pathname) {
      case "/fill":
        await fill(D1, blocks, bytes);
        return new Response("0");
      case "/nothing":
        return new Response(String((await read("SELECT 1")).length));
      case "/rows":
        return new Response(String((await read("SELECT ms, value FROM samples")).length));
      case "/array": {
        const rows = await read<{ data: number[] }>("SELECT data FROM blocks");
        return new Response(String(sum(rows.map(({ data }) => Uint8Array.from(data)))));
      }
      case "/hex": {
        const rows = await read<{ data: string }>("SELECT hex(data) AS data FROM blocks");
        return new Response(String(sum(rows.map(({ data }) => fromHex(data)))));
      }
      case "/base64": {
        const rows = await read<{ data: string }>("SELECT data FROM texts");
        return new Response(String(sum(rows.map(({ data }) => fromBase64(data)))));
      }
      case "/put-array": {
        const put = "INSERT INTO blocks VALUES (?1, ?2) ON CONFLICT DO UPDATE SET data = excluded.data";
        await D1.batch(made(blocks, bytes).map((data, id) => D1.prepare(put).bind(id, data)));
        return new Response("0");
      }
      case "/put-hex": {
        const put = `INSERT INTO blocks SELECT value ->> 0, unhex(value ->> 1) FROM json_each(?1) WHERE true
          ON CONFLICT DO UPDATE SET data = excluded.data`;
        const rows = made(blocks, bytes).map((data, id) => [id, toHex(data)]);
        await D1.prepare(put).bind(JSON.stringify(rows)).run();
        return new Response("0");
      }
      default:
        return new Response("unknown", { status: 404 });
    }
  },
};

const made = (blocks: number, bytes: number) =>
  Array.from({ length: blocks }, () => crypto.getRandomValues(new Uint8Array(bytes)));

const sum = (all: readonly Uint8Array[]) => all.reduce((bytes, { length }) => bytes + length, 0);

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

async function fill(D1: D1Database, blocks: number, bytes: number): Promise<void> {
  const base64 = (data: Uint8Array) => btoa(String.fromCharCode(...data));
  const statements = [
    ...["blocks", "texts", "samples"].map((table) => `DROP TABLE IF EXISTS ${table}`),
    "CREATE TABLE blocks (id INTEGER PRIMARY KEY, data BLOB)",
    "CREATE TABLE texts (id INTEGER PRIMARY KEY, data TEXT)",
    "CREATE TABLE samples (ms INTEGER PRIMARY KEY, value REAL)",
    `INSERT INTO samples WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${ROWS})
      SELECT 1705276800000 + n * 105812, n % 97 / 10.0 FROM n`,
  ];
  await D1.batch(statements.map((sql) => D1.prepare(sql)));
  for (const [id, data] of made(blocks, bytes).entries()) {
    await D1.batch([
      D1.prepare("INSERT INTO blocks VALUES (?1, unhex(?2))").bind(id, toHex(data)),
      D1.prepare("INSERT INTO texts VALUES (?1, ?2)").bind(id, base64(data)),
    ]);
  }
}
