import { connect } from "node:net";

/** After this long there will be no response, also on a busy machine. */
const SILENCE_MS = 60_000;

export interface Spoken {
  /** Sent unchanged on a separate connection. */
  readonly bytes: string | Uint8Array;
  /** The client disconnects after this long. */
  readonly hangUpAfterMs?: number;
}

/** Sends bytes and returns all that was received until the connection closed. */
export function exchange(url: string, { bytes, hangUpAfterMs = SILENCE_MS }: Spoken): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const timer = setTimeout(() => socket.destroy(), hangUpAfterMs);
    socket.setEncoding("latin1").on("data", (text: string) => {
      answer += text;
    });
    // A reset ends the exchange too: the server reads no more.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

/** The status of each response in the received text. */
export function statusesIn(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}

/** A request as text, after which the connection is closed. */
export function spoken(requestLine: string, headers: readonly string[] = [], body = ""): string {
  return [`${requestLine} HTTP/1.1`, "Host: worker.test", "Connection: close", ...headers, "", body].join(
    "\r\n",
  );
}

export function chunk(size: number): string {
  return `${size.toString(16)}\r\n${" ".repeat(size)}\r\n`;
}
