import {
  BIGINT,
  DuckDBBlobValue,
  DuckDBListValue,
  type DuckDBValue,
  LIST,
  listValue,
  VARCHAR,
} from "@duckdb/node-api";
import { duckdb } from "../reference/duckdb.ts";

/** Lists of points and times, by their names in a statement. */
export type Parameters = Readonly<Record<string, number | string | readonly string[]>>;

/** The rows of one statement of DuckDB; whole numbers as numbers, and bytes as text. */
export async function select<R>(sql: string, parameters: Parameters = {}): Promise<R[]> {
  const values: Record<string, DuckDBValue> = {};
  const types: Record<string, typeof BIGINT | typeof VARCHAR | ReturnType<typeof LIST>> = {};
  for (const [name, value] of Object.entries(parameters)) {
    const isText = typeof value === "string";
    values[name] = typeof value === "number" ? BigInt(value) : isText ? value : listValue([...value]);
    types[name] = typeof value === "number" ? BIGINT : isText ? VARCHAR : LIST(VARCHAR);
  }
  const rows = await (await duckdb()).runAndReadAll(sql, values, types);
  return rows
    .getRowObjects()
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])) as R);
}

function plain(value: DuckDBValue): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof DuckDBListValue) return value.items.map(plain);
  return value instanceof DuckDBBlobValue ? Buffer.from(value.bytes).toString() : value;
}
