/** A points file: what the points of a site mean, as rows to bytes and back. */
export { decodePoints } from "./decode-points.ts";
export { encodePoints } from "./encode-points.ts";
