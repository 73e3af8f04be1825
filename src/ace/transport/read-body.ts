import { VendorFault } from "../faults.ts";

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
  // Into our own buffer, as much as has come: the runtime's own reads are of 4 KB, and a day has 445 MB.
  const reader = body.getReader({ mode: "byob" });
  // One byte more than stated, so that the end is found without growing.
  let gathered = new Uint8Array(Math.min(bytesMax, Math.max(GATHERED_BYTES_MIN, lengthHint || 0)) + 1);
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read(gathered.subarray(bytes));
      // The read took the buffer; it comes back with the bytes, and with none at the end.
      if (value) gathered = new Uint8Array(value.buffer as ArrayBuffer);
      if (done) return gathered.subarray(0, bytes);
      bytes += value.byteLength;
      if (bytes > bytesMax)
        throw new VendorFault("too-large", `the body exceeds ${bytesMax} bytes`, { bytesMax });
      if (bytes === gathered.byteLength) gathered = grown(gathered, Math.min(bytesMax, 2 * bytes) + 1);
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
