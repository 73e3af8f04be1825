import type { ByteReader } from "./byte-reader.ts";

/** Reads the tokens between two fields of a row: tries the bytes of the row before, white space included, first. */
export class RepeatedTokens {
  private readonly tokens: readonly string[];
  private start = 0;
  private length = 0;

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  /** False, and `at` anywhere, where the tokens do not follow. */
  read(reader: ByteReader): boolean {
    if (reader.readAgain(this.start, this.length)) return true;
    const { at } = reader;
    if (!reader.readTokens(this.tokens)) return false;
    this.start = at;
    this.length = reader.at - at;
    return true;
  }
}
