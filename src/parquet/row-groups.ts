import { type AsyncBuffer, type ParquetScan, parquetMetadataAsync, parquetScan } from "hyparquet";
import { checkSchema } from "./check-schema.ts";
import { FileUnreadable } from "./file-unreadable.ts";
import { withReadAhead } from "./read-ahead.ts";
import type { GroupColumns } from "./row-counter.ts";

/** Read from storage at a time: some hundred row groups. */
const READ_AHEAD_BYTES = 4 * 1024 * 1024;

/**
 * Every row group of a file, decoded, in order. Holds the footer, one row group and 4 MiB of the file.
 *
 * Throws `FileUnreadable`, and whatever `file.slice` throws as it is: a failed read says nothing of the file.
 */
export async function* rowGroups(file: AsyncBuffer): AsyncGenerator<GroupColumns> {
  const { watched, readable } = watch(file);
  const metadata = await readable(() => parquetMetadataAsync(watched, { parsers: PARSERS }));
  checkSchema(metadata);
  const scan = await readable(() =>
    parquetScan({
      file: withReadAhead(watched, READ_AHEAD_BYTES),
      metadata,
      parsers: PARSERS,
      useOffsetIndex: false,
    }),
  );
  let rows = 0;
  for (const group of metadata.row_groups) {
    const rowStart = rows;
    rows += Number(group.num_rows);
    yield await readable(() => readGroup(scan, rowStart, rows));
  }
  if (BigInt(rows) !== metadata.num_rows) {
    throw new FileUnreadable(`${rows} rows, ${metadata.num_rows} by its footer`);
  }
}

/** Names stay bytes: they are compared as bytes, and repeated rows share one array. */
const PARSERS = {
  timestampFromMilliseconds: (ms: bigint) => Number(ms),
  stringFromBytes: (bytes: Uint8Array) => bytes,
};

async function readGroup(scan: ParquetScan, rowStart: number, rowEnd: number): Promise<GroupColumns> {
  const column = async (name: string): Promise<ArrayLike<unknown>> => {
    const data = await scan.readColumn({ column: name, rowStart, rowEnd });
    if (data.length !== rowEnd - rowStart) throw new FileUnreadable(`${data.length} rows in ${name}`);
    return data;
  };
  // One after the other: this is the order of the bytes.
  const timestamp = await column("timestamp");
  const pointName = await column("point_name");
  const value = await column("value");
  return { rows: rowEnd - rowStart, timestamp, pointName, value, siteName: await column("site_name") };
}

/** The reader's own errors carry no type: `readable` gives them one, and lets pass those of the storage. */
function watch(file: AsyncBuffer) {
  const faults = new Set<unknown>();
  const watched: AsyncBuffer = {
    byteLength: file.byteLength,
    async slice(start, end) {
      try {
        return await file.slice(start, end);
      } catch (fault) {
        faults.add(fault);
        throw fault;
      }
    },
  };
  const readable = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (cause) {
      if (faults.has(cause) || cause instanceof FileUnreadable) throw cause;
      throw new FileUnreadable(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  };
  return { watched, readable };
}
