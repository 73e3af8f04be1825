/**
 * Pages parsed, columns sorted by name and time, an Arrow table of apache-arrow, and parquet-wasm:
 * `node bench/ingest/contenders/arrow.ts FOLDER SITE DAY` writes FOLDER/arrow.parquet, and prints one line of JSON.
 */
import { writeFileSync } from "node:fs";
import {
  Table as ArrowTable,
  Dictionary,
  Int32,
  makeData,
  makeVector,
  TimestampMillisecond,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { Compression, Table, WriterPropertiesBuilder, writeParquet } from "parquet-wasm";
import { conversionArguments, printConversion } from "./conversion.ts";
import { parsedRows, timeMs } from "./parsed-pages.ts";

const { path, ...saved } = conversionArguments("arrow");

await printConversion(path, () => {
  const table = Table.fromIPCStream(tableToIPC(sortedTable(), "stream"));
  const properties = new WriterPropertiesBuilder().setCompression(Compression.SNAPPY).build();
  writeFileSync(path, writeParquet(table, properties));
  return undefined;
});

/** Rows come in order of time, so that rows put together by name are in order of name and time. */
function sortedTable(): ArrowTable {
  const points = new Map<string, { times: number[]; values: number[] }>();
  let rows = 0;
  for (const row of parsedRows(saved)) {
    let point = points.get(row.name);
    if (!point) {
      point = { times: [], values: [] };
      points.set(row.name, point);
    }
    point.times.push(timeMs(row));
    point.values.push(Number(row.value));
    rows++;
  }
  const names = [...points.keys()].sort();
  const ids = new Int32Array(rows);
  const times = new BigInt64Array(rows);
  const values = new Float64Array(rows);
  let row = 0;
  for (const [id, name] of names.entries()) {
    const point = points.get(name) ?? { times: [], values: [] };
    ids.fill(id, row, row + point.times.length);
    values.set(point.values, row);
    for (const time of point.times) times[row++] = BigInt(time);
  }
  return new ArrowTable({
    timestamp: makeVector(makeData({ type: new TimestampMillisecond(), data: times })),
    point_name: dictionaryVector(names, ids),
    value: makeVector(values),
    site_name: dictionaryVector([saved.site], new Int32Array(rows)),
  });
}

function dictionaryVector(texts: readonly string[], ids: Int32Array) {
  const type = new Dictionary(new Utf8(), new Int32());
  return makeVector(makeData({ type, data: ids, dictionary: vectorFromArray([...texts], new Utf8()) }));
}
