/** What a stream of server-sent events says: an event with its data, or a comment, which says that it still lives. */
export type Said = { readonly event: string; readonly data: string } | "comment";

/**
 * Reads server-sent events (WHATWG HTML, 9.2.6) out of text that arrives in pieces of any size. EventSource would do
 * it, but can't send the token.
 */
export class EventText {
  #rest = "";
  #event = "";
  #data: string[] = [];

  /** What the piece completes, in order. */
  push(piece: string): Said[] {
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line.endsWith("\r") ? line.slice(0, -1) : line));
  }

  #line(line: string): Said[] {
    if (line === "") return this.#dispatch();
    if (line.startsWith(":")) return ["comment"];
    const colon = line.indexOf(":");
    const [field, value] = colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1)];
    const text = value.startsWith(" ") ? value.slice(1) : value;
    if (field === "event") this.#event = text;
    if (field === "data") this.#data.push(text);
    return [];
  }

  #dispatch(): Said[] {
    const said =
      this.#data.length > 0 ? [{ event: this.#event || "message", data: this.#data.join("\n") }] : [];
    this.#event = "";
    this.#data = [];
    return said;
  }
}
