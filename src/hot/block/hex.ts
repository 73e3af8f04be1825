/** Bytes as hexadecimal text, the form in which blocks go to the database and come back. Decision 26 has the reason. */

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The value of each character code below 128; 255 where it is no digit. */
const VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 255 : value;
});

export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += DIGITS[byte];
  return text;
}

/** Throws `RangeError` where the text is not hexadecimal. */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1);
  let wrong = text.length & 1;
  for (let at = 0; at < bytes.length; at += 1) {
    const high = VALUES[text.charCodeAt(2 * at)] ?? 255;
    const low = VALUES[text.charCodeAt(2 * at + 1)] ?? 255;
    wrong |= (high | low) & 0xf0;
    bytes[at] = (high << 4) | low;
  }
  if (wrong !== 0) throw new RangeError("the text is not hexadecimal");
  return bytes;
}
