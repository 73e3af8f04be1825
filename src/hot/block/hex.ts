/** Bytes as hexadecimal text, the form in which blocks go to the database and come back. Decision 26 has the reason. */

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** Throws `RangeError` where the text is not hexadecimal. */
export function fromHex(text: string): Uint8Array {
  const bytes = Buffer.from(text, "hex");
  // A digit that is none ends the bytes.
  if (bytes.length * 2 !== text.length) throw new RangeError("the text is not hexadecimal");
  return bytes;
}
