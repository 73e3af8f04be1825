import { VendorFault } from "./faults.ts";

/**
 * A body as text, without its byte order mark. Throws `VendorFault`: "malformed" where it is not UTF-8, "truncated"
 * where it ends inside a character.
 */
export function decodeText(body: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let text: string;
  try {
    text = decoder.decode(body, { stream: true });
  } catch (cause) {
    throw new VendorFault("malformed", "the body is not UTF-8", {}, { cause });
  }
  try {
    return text + decoder.decode();
  } catch (cause) {
    throw new VendorFault("truncated", "the body ends inside a character", {}, { cause });
  }
}

/** For messages: whatever is not UTF-8 is replaced. */
export function decodeLeniently(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}
