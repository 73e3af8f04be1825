/**
 * Bytes kept for later requests, also of other isolates. May forget, refuse and lag behind: what it gives says
 * itself which version of an object it is of, and is believed only as far as that.
 */
export interface FooterCache {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array): Promise<void>;
}
