import {
  type AsyncBuffer,
  type FileMetaData,
  type ParquetScan,
  parquetMetadataAsync,
  parquetScan,
} from "hyparquet";
import { checkSchema } from "./check-schema.ts";
import { FileUnreadable } from "./file-unreadable.ts";
import { withReadAhead } from "./read-ahead.ts";
import type { GroupColumns } from "./row-counter.ts";

/** Read from storage at a time: some hundred row groups. */
const READ_AHEAD_BYTES = 4 * 1024 * 1024;

/** A column of a row group, and what it is called in the file. In the order of the file's bytes. */
const COLUMNS = {
  timestamp: "timestamp",
  pointName: "point_name",
  value: "value",
  siteName: "site_name",
} as const satisfies Record<Exclude<keyof GroupColumns, "rows">, string>;

type Column = keyof typeof COLUMNS;

const ALL = Object.keys(COLUMNS) as Column[];

/**
 * Every row group of a file, its columns decoded, all or those that are named, in order. Holds the footer, one row
 * group and 4 MiB of the file.
 *
 * Throws `FileUnreadable`, and whatever `file.slice` throws as it is: a failed read says nothing of the file.
 */
export async function* rowGroups<Wanted extends Column = Column>(
  file: AsyncBuffer,
  wanted: readonly Wanted[] = ALL as Wanted[],
): AsyncGenerator<Pick<GroupColumns, Wanted | "rows">> {
  const { watched, readable } = watch(file);
  const metadata = await readable(() => parquetMetadataAsync(watched, { parsers: PARSERS }));
  checkSchema(metadata);
  const scan = await readable(() =>
    parquetScan({
      file: withReadAhead(watched, READ_AHEAD_BYTES),
      metadata: physical(metadata),
      parsers: PARSERS,
      useOffsetIndex: false,
    }),
  );
  let rows = 0;
  for (const group of metadata.row_groups) {
    const rowStart = rows;
    rows += Number(group.num_rows);
    yield await readable(() => readGroup(scan, wanted, rowStart, rows));
  }
  if (BigInt(rows) !== metadata.num_rows) {
    throw new FileUnreadable(`${rows} rows, ${metadata.num_rows} by its footer`);
  }
}

/** Names stay bytes: they are compared as bytes, and repeated rows share one array. */
const PARSERS = { stringFromBytes: (bytes: Uint8Array) => bytes };

/** Without what values mean: each timestamp would else become an object, which takes twice the time of all else. */
const physical = (metadata: FileMetaData): FileMetaData => ({
  ...metadata,
  schema: metadata.schema.map(({ converted_type: _, logical_type: __, ...element }) => element),
});

async function readGroup<Wanted extends Column>(
  scan: ParquetScan,
  wanted: readonly Wanted[],
  rowStart: number,
  rowEnd: number,
): Promise<Pick<GroupColumns, Wanted | "rows">> {
  const rows = rowEnd - rowStart;
  const group: Partial<Record<Column, ArrayLike<unknown>>> = {};
  // One after the other: this is the order of the bytes.
  for (const column of wanted) {
    const data = await scan.readColumn({ column: COLUMNS[column], rowStart, rowEnd });
    if (data.length !== rows) throw new FileUnreadable(`${data.length} rows in ${COLUMNS[column]}`);
    group[column] = data;
  }
  return { rows, ...group } as Pick<GroupColumns, Wanted | "rows">;
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
