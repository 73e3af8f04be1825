/** A server-sent event with its data, or a comment, which only shows that the stream is alive. */
export type StreamEvent = { readonly event: string; readonly data: string } | "comment";

/**
 * Parses server-sent events (WHATWG HTML, 9.2.6) from text that arrives in pieces of any size. The browser's EventSource
 * can't send the token.
 */
export class EventParser {
  #rest = "";
  #event = "";
  #data: string[] = [];

  /** The events that this piece completes, in order. */
  push(piece: string): StreamEvent[] {
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line.endsWith("\r") ? line.slice(0, -1) : line));
  }

  #line(line: string): StreamEvent[] {
    if (line === "") return this.#complete();
    if (line.startsWith(":")) return ["comment"];
    const colon = line.indexOf(":");
    const [field, value] = colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1)];
    const text = value.startsWith(" ") ? value.slice(1) : value;
    if (field === "event") this.#event = text;
    if (field === "data") this.#data.push(text);
    return [];
  }

  #complete(): StreamEvent[] {
    const events =
      this.#data.length > 0 ? [{ event: this.#event || "message", data: this.#data.join("\n") }] : [];
    this.#event = "";
    this.#data = [];
    return events;
  }
}
