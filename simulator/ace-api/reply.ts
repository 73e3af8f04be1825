/** A response before it is sent. The parts of a large body are never joined. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: readonly Buffer[];
  /** Rows or points in the body; for the statistics. */
  readonly rows: number;
  readonly delivery: Delivery;
}

export type Delivery =
  | { readonly kind: "whole" }
  /** The connection is reset after this share of the body. */
  | { readonly kind: "reset"; readonly share: number }
  /** Nothing is sent after this share of the body; the connection stays open. */
  | { readonly kind: "stall"; readonly share: number }
  /** Nothing is sent, not even a status line. */
  | { readonly kind: "silence" };

const WHOLE: Delivery = { kind: "whole" };

export function jsonReply(status: number, body: unknown, rows = 0): Reply {
  return textReply(status, "application/json", `${JSON.stringify(body)}\n`, rows);
}

export function textReply(status: number, contentType: string, text: string, rows = 0): Reply {
  return bytesReply(status, contentType, [Buffer.from(text)], rows);
}

export function bytesReply(
  status: number,
  contentType: string,
  body: readonly Buffer[],
  rows: number,
): Reply {
  return { status, headers: { "content-type": contentType }, body, rows, delivery: WHOLE };
}

/** An HTML error page like that of a proxy or of the web framework. */
export function htmlReply(status: number, title: string): Reply {
  const page = `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n</html>\n`;
  return textReply(status, "text/html; charset=utf-8", page);
}

export function withHeaders(reply: Reply, headers: Readonly<Record<string, string>>): Reply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

export function byteLength(body: readonly Buffer[]): number {
  return body.reduce((sum, part) => sum + part.length, 0);
}

/** The first `length` bytes of a body. */
export function startOf(body: readonly Buffer[], length: number): Buffer[] {
  const parts: Buffer[] = [];
  let left = length;
  for (const part of body) {
    if (left <= 0) break;
    parts.push(part.subarray(0, left));
    left -= part.length;
  }
  return parts;
}
