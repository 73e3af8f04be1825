import { connect } from "node:net";

/** After this long without an answer none will come. */
const SILENCE_MS = 10_000;

export interface Spoken {
  /** As they are, one after another, on a connection of their own. */
  readonly bytes: string | Uint8Array;
  /** The caller goes away in the middle, after this long. */
  readonly hangUpAfterMs?: number;
}

/** All that came back until the connection closed. */
export function exchange(url: string, { bytes, hangUpAfterMs = SILENCE_MS }: Spoken): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const timer = setTimeout(() => socket.destroy(), hangUpAfterMs);
    socket.setEncoding("latin1").on("data", (text: string) => {
      answer += text;
    });
    // A reset is an answer too: the server would hear no more.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

/** The status of every answer in what came back. */
export function statusesIn(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}

/** One request as text; the connection is closed after it. */
export function spoken(requestLine: string, headers: readonly string[] = [], body = ""): string {
  return [`${requestLine} HTTP/1.1`, "Host: worker.test", "Connection: close", ...headers, "", body].join(
    "\r\n",
  );
}

export function chunk(size: number): string {
  return `${size.toString(16)}\r\n${" ".repeat(size)}\r\n`;
}
