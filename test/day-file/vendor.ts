/** The vendor's paginated samples over a handful of rows, from its description alone: nothing of `src` is used here. */

/** A row at the vendor: `micros` is its true time, `json` what is sent. */
export interface VendorRow {
  readonly micros: number;
  readonly json: string;
}

export interface Vendor {
  /** Ascending in time. */
  readonly rows: readonly VendorRow[];
  /** Whether the server ignores the offset of a cursor, as the live server does. */
  readonly forgets: boolean;
  /** Whether rows at `start_time` and `end_time` themselves belong to the answer. */
  readonly startIncluded: boolean;
  readonly endIncluded: boolean;
  /** How far beyond both ends of the requested window it sends rows. */
  readonly looseMicros: number;
  /** Whether the order inside a timestamp differs for each request. */
  readonly moves: boolean;
  /** White space in the JSON of this server. */
  readonly gap: "" | " ";
}

export interface VendorPage {
  readonly body: Uint8Array;
  readonly sent: readonly VendorRow[];
}

/** Answers the request number `request`, for `path`. */
export function answer(vendor: Vendor, path: string, request: number): VendorPage {
  const query = new URL(path, "https://vendor.test").searchParams;
  const from = microsOf(query.get("start_time") ?? "") - vendor.looseMicros;
  const to = microsOf(query.get("end_time") ?? "") + vendor.looseMicros;
  const asked = vendor.rows.filter(({ micros }) => {
    const begun = vendor.startIncluded ? micros >= from : micros > from;
    return begun && (vendor.endIncluded ? micros <= to : micros < to);
  });
  const rows = vendor.moves ? moved(asked, request) : asked;

  const cursor = query.get("cursor");
  const { offset, timestamp } = cursor === null ? { offset: 0, timestamp: undefined } : decode(cursor);
  const since = timestamp === undefined ? from : microsOf(timestamp);
  const start = rows.filter(({ micros }) => micros < since).length + offset;
  const end = start + Number(query.get("page_size"));
  const sent = rows.slice(start, end);

  const last = sent.at(-1)?.micros ?? since;
  const drawn = sent.filter(({ micros }) => micros === last).length;
  const next = {
    offset: !vendor.forgets && last === since ? offset + drawn : drawn,
    timestamp: textOf(last),
  };
  return { sent, body: render(vendor.gap, sent, end < rows.length ? encode(next) : null) };
}

/** `2026-08-07T16:30:37.626470`, without a fraction where it is zero. */
export function textOf(micros: number): string {
  const whole = new Date(Math.floor(micros / 1_000_000) * 1_000).toISOString().slice(0, 19);
  const fraction = ((micros % 1_000_000) + 1_000_000) % 1_000_000;
  return fraction === 0 ? whole : `${whole}.${String(fraction).padStart(6, "0")}`;
}

function microsOf(text: string): number {
  const [, whole = "", fraction = ""] = /^([^.Z]*)\.?(\d*)Z?$/.exec(text) ?? [];
  return Date.parse(`${whole}Z`) * 1_000 + Number(fraction.padEnd(6, "0"));
}

interface Cursor {
  readonly offset: number;
  readonly timestamp: string;
}

function encode({ offset, timestamp }: Cursor): string {
  return Buffer.from(`{"offset": ${offset}, "timestamp": "${timestamp}"}`).toString("base64");
}

function decode(cursor: string): Cursor {
  return JSON.parse(Buffer.from(cursor, "base64").toString());
}

function render(gap: string, sent: readonly VendorRow[], cursor: string | null): Uint8Array {
  const rows = sent.map(({ json }) => json.replaceAll("~", gap)).join(`,${gap}`);
  const way = `"next_cursor":${gap}${JSON.stringify(cursor)},${gap}"has_more":${gap}${cursor !== null}`;
  return Buffer.from(`{"point_samples":${gap}[${rows}],${gap}${way}}\n`);
}

/** Every timestamp's rows in an order that depends on the request. */
function moved(rows: readonly VendorRow[], request: number): VendorRow[] {
  const keyed = rows.map((row, index) => ({ row, key: scattered(index, request) }));
  return keyed.sort((a, b) => a.row.micros - b.row.micros || a.key - b.key).map(({ row }) => row);
}

function scattered(index: number, request: number): number {
  const mixed = Math.imul(index ^ Math.imul(request + 1, 0x9e3779b1), 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> 0;
}
