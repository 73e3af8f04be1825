import { VendorFault } from "../faults.ts";

/** The first buffer for a body without a length, or with an absurd length; it doubles as needed. */
const BUFFER_BYTES_MIN = 64 * 1024;

/**
 * A body's bytes, at most `bytesMax`; throws `VendorFault` "too-large" beyond. `lengthHint` is the length in the
 * headers: a compressed body is longer, and a server may state anything.
 */
export async function readBody(
  body: ReadableStream<Uint8Array>,
  lengthHint: number,
  bytesMax: number,
): Promise<Uint8Array> {
  // Reads into a large buffer as much as has come: the runtime's own reads are of 4 KB, and a day has 445 MB.
  const reader = body.getReader({ mode: "byob" });
  // A byte more than stated, so that the end is found without growing.
  let buffer = new Uint8Array(Math.min(bytesMax, Math.max(BUFFER_BYTES_MIN, lengthHint || 0)) + 1);
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read(buffer.subarray(bytes));
      // The read detached the buffer, and returns it with the bytes, at the end without any.
      if (value) buffer = new Uint8Array(value.buffer as ArrayBuffer);
      if (done) return buffer.subarray(0, bytes);
      bytes += value.byteLength;
      if (bytes > bytesMax)
        throw new VendorFault("too-large", `the body exceeds ${bytesMax} bytes`, { bytesMax });
      if (bytes === buffer.byteLength) buffer = grown(buffer, Math.min(bytesMax, 2 * bytes) + 1);
    }
  } catch (error) {
    // An unread rest of the body would occupy one of the few connections.
    reader.cancel().catch(() => undefined);
    throw error;
  }
}

function grown(before: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  const after = new Uint8Array(bytes);
  after.set(before);
  return after;
}
