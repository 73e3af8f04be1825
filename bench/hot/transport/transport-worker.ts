/** Reads and writes blocks of random bytes in D1, in the form that the request's path names. */
import { decodeBlock, encodeBlock, fromHex, toHex } from "../../../src/hot/hot.ts";

interface Env {
  readonly D1: D1Database;
}

/** A made-up point's day as rows. */
const ROWS = 817;

const START_MS = Date.UTC(2024, 0, 15);
const HOUR_MS = 3_600_000;
/** The samples of an hour's block. */
const POINTS = 64;
const SAMPLES_A_POINT = 34;

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
      case "/point-day": {
        const rows = await read<{ id: number; data: string }>("SELECT id, hex(data) AS data FROM hours");
        const series = rows.map(({ id, data }) => {
          const { points, samplesOf } = decodeBlock(fromHex(data), START_MS + id * HOUR_MS);
          return points[7] && samplesOf(points[7]);
        });
        return new Response(String(series.reduce((count, one) => count + (one?.ms.length ?? 0), 0)));
      }
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

/** An hour of readings with one decimal, each point at its own second. */
function hourBlock(hour: number): Uint8Array {
  const length = POINTS * SAMPLES_A_POINT;
  const fromMs = START_MS + hour * HOUR_MS;
  const stepMs = Math.floor(HOUR_MS / SAMPLES_A_POINT);
  const at = (row: number) => ({ point: Math.floor(row / SAMPLES_A_POINT), nth: row % SAMPLES_A_POINT });
  const samples = {
    length,
    number: Uint32Array.from({ length }, (_, row) => at(row).point),
    ms: Float64Array.from(
      { length },
      (_, row) => fromMs + at(row).nth * stepMs + (at(row).point % 7) * 1_000,
    ),
    value: Float64Array.from(
      { length },
      (_, row) => Math.round(200 + 30 * Math.sin(row / 5) + (row % 7)) / 10,
    ),
  };
  return encodeBlock(samples, 0, length, { firstNumber: 0, fromMs, spanMs: HOUR_MS + 10_000 });
}

async function fill(D1: D1Database, blocks: number, bytes: number): Promise<void> {
  const base64 = (data: Uint8Array) => btoa(String.fromCharCode(...data));
  const statements = [
    ...["blocks", "texts", "samples", "hours"].map((table) => `DROP TABLE IF EXISTS ${table}`),
    "CREATE TABLE blocks (id INTEGER PRIMARY KEY, data BLOB)",
    "CREATE TABLE hours (id INTEGER PRIMARY KEY, data BLOB)",
    "CREATE TABLE texts (id INTEGER PRIMARY KEY, data TEXT)",
    "CREATE TABLE samples (ms INTEGER PRIMARY KEY, value REAL)",
    `INSERT INTO samples WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${ROWS})
      SELECT 1705276800000 + n * 105812, n % 97 / 10.0 FROM n`,
  ];
  await D1.batch(statements.map((sql) => D1.prepare(sql)));
  for (let hour = 0; hour < 24; hour += 1) {
    await D1.prepare("INSERT INTO hours VALUES (?1, unhex(?2))")
      .bind(hour, toHex(hourBlock(hour)))
      .run();
  }
  for (const [id, data] of made(blocks, bytes).entries()) {
    await D1.batch([
      D1.prepare("INSERT INTO blocks VALUES (?1, unhex(?2))").bind(id, toHex(data)),
      D1.prepare("INSERT INTO texts VALUES (?1, ?2)").bind(id, base64(data)),
    ]);
  }
}
