import { VendorFault } from "./faults.ts";

/** Of one read: the runtime's own is 4 KB, and a day has 445 MB. */
const READ_BYTES = 256 * 1024;
/** Bodies without a length, and lengths that can't be believed, begin here and double. */
const GATHERED_BYTES_MIN = 64 * 1024;

/**
 * A body's bytes, at most `bytesMax`; throws `VendorFault` "too-large" beyond. `lengthHint` is the length that
 * the headers state: a compressed body is longer, and a server may state anything.
 */
export async function readBody(
  body: ReadableStream<Uint8Array>,
  lengthHint: number,
  bytesMax: number,
): Promise<Uint8Array> {
  const reader = body.getReader({ mode: "byob" });
  let gathered = new Uint8Array(Math.min(bytesMax, Math.max(GATHERED_BYTES_MIN, lengthHint || 0)));
  let bytes = 0;
  let room = new Uint8Array(READ_BYTES);
  try {
    for (;;) {
      const { done, value } = await reader.read(room);
      if (done) return gathered.subarray(0, bytes);
      const end = bytes + value.byteLength;
      if (end > bytesMax)
        throw new VendorFault("too-large", `the body exceeds ${bytesMax} bytes`, { bytesMax });
      if (end > gathered.byteLength) gathered = grown(gathered, Math.min(bytesMax, Math.max(end, 2 * bytes)));
      gathered.set(value, bytes);
      bytes = end;
      // The read took the buffer; it comes back with the bytes.
      room = new Uint8Array(value.buffer as ArrayBuffer);
    }
  } catch (error) {
    // What is left of the body would hold one of the few connections.
    reader.cancel().catch(() => undefined);
    throw error;
  }
}

function grown(before: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  const after = new Uint8Array(bytes);
  after.set(before);
  return after;
}
