import {
  type AsyncBuffer,
  type FileMetaData,
  type ParquetScan,
  parquetMetadataAsync,
  parquetScan,
} from "hyparquet";
import { checkSchema, FileUnreadable, toUnreadable } from "./unreadable.ts";

/** Bytes that are read from storage at a time: some hundred row groups. */
const READ_AHEAD_BYTES = 4 * 1024 * 1024;

/** The decoded columns of a row group. Their values are not yet checked against the schema. */
export interface GroupColumns {
  readonly rows: number;
  /** Milliseconds as bigints, as they are stored. */
  readonly timestamp: ArrayLike<unknown>;
  readonly pointName: ArrayLike<unknown>;
  readonly value: ArrayLike<unknown>;
  readonly siteName: ArrayLike<unknown>;
}

/** The columns and their names in the file, in the order of the file's bytes. */
const COLUMNS = {
  timestamp: "timestamp",
  pointName: "point_name",
  value: "value",
  siteName: "site_name",
} as const satisfies Record<Exclude<keyof GroupColumns, "rows">, string>;

type Column = keyof typeof COLUMNS;

const ALL = Object.keys(COLUMNS) as Column[];

/**
 * Yields every row group of a file in order, with all columns or only those in `wanted`. Memory: the footer, one row
 * group, and 4 MiB of the file.
 *
 * Throws `FileUnreadable`. An error of `file.slice` is passed on unchanged, because it says nothing about the file.
 */
export async function* rowGroups<Wanted extends Column = Column>(
  file: AsyncBuffer,
  wanted: readonly Wanted[] = ALL as Wanted[],
): AsyncGenerator<Pick<GroupColumns, Wanted | "rows">> {
  const { source, decode } = separateErrors(file);
  const metadata = await decode(() => parquetMetadataAsync(source, { parsers: PARSERS }));
  checkSchema(metadata);
  const scan = await decode(() =>
    parquetScan({
      file: withReadAhead(source, READ_AHEAD_BYTES),
      metadata: withoutLogicalTypes(metadata),
      parsers: PARSERS,
      useOffsetIndex: false,
    }),
  );
  let rows = 0;
  for (const group of metadata.row_groups) {
    const rowStart = rows;
    rows += Number(group.num_rows);
    yield await decode(() => readGroup(scan, wanted, rowStart, rows));
  }
  if (BigInt(rows) !== metadata.num_rows) {
    throw new FileUnreadable(`${rows} rows, ${metadata.num_rows} by its footer`);
  }
}

/** Names stay bytes: they are compared as bytes, and repeated rows share one array. */
const PARSERS = { stringFromBytes: (bytes: Uint8Array) => bytes };

/** Leaves timestamps as bigints: a Date for each row would take twice the time of everything else. */
const withoutLogicalTypes = (metadata: FileMetaData): FileMetaData => ({
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
  // Sequential, in the order of the bytes, so that the read-ahead is used.
  for (const column of wanted) {
    const data = await scan.readColumn({ column: COLUMNS[column], rowStart, rowEnd });
    if (data.length !== rows) throw new FileUnreadable(`${data.length} rows in ${COLUMNS[column]}`);
    group[column] = data;
  }
  return { rows, ...group } as Pick<GroupColumns, Wanted | "rows">;
}

/** Distinguishes errors of the storage from errors of the decoder. `decode` turns only the latter into `FileUnreadable`. */
function separateErrors(file: AsyncBuffer) {
  const storageErrors = new Set<unknown>();
  const source: AsyncBuffer = {
    byteLength: file.byteLength,
    async slice(start, end) {
      try {
        return await file.slice(start, end);
      } catch (error) {
        storageErrors.add(error);
        throw error;
      }
    },
  };
  const decode = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (cause) {
      throw storageErrors.has(cause) ? cause : toUnreadable(cause);
    }
  };
  return { source, decode };
}

/**
 * Reads `windowBytes` at a time for a caller that reads a file in small parts from front to back.
 * Without it, each part of an object in R2 would be a request.
 */
function withReadAhead(file: AsyncBuffer, windowBytes: number): AsyncBuffer {
  const { byteLength } = file;
  let windowStart = 0;
  let window = new ArrayBuffer(0);
  return {
    byteLength,
    async slice(start, end = byteLength) {
      if (start < windowStart || end > windowStart + window.byteLength) {
        window = await file.slice(start, Math.min(byteLength, Math.max(end, start + windowBytes)));
        windowStart = start;
      }
      return window.slice(start - windowStart, end - windowStart);
    },
  };
}
