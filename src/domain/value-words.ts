import { BUILT_IN_WORDS, isDecimal, parseValue, valueRejection } from "./value.ts";
import { listed, variable } from "./variables.ts";

/** Words that an installation adds; the text of all of them is part of every day's plan. */
export const VALUE_WORDS_MAX = 50;
export const VALUE_WORD_CHARS_MAX = 64;

/** Words in lower case and the numbers that they mean, beside those that are built in. */
export type AddedWords = ReadonlyMap<string, number>;

/** Words with their numbers, `Occupied=1,Unoccupied=0`; none where it is unset. A comma or "=" can't be part of a word. */
export function addedWords() {
  const allowed = "it must hold words with their numbers, such as Occupied=1,Unoccupied=0";
  return variable((text, fault): AddedWords => {
    const words = new Map<string, number>();
    for (const entry of text === "" ? [] : listed(text)) {
      const [shown = "", number = "", ...more] = entry.split("=").map((part) => part.trim());
      const word = shown.toLowerCase();
      if (word === "" || more.length > 0 || !isDecimal(number)) fault(`holds %s; ${allowed}`, entry);
      else if (word.length > VALUE_WORD_CHARS_MAX)
        fault(`holds %s; a word has at most ${VALUE_WORD_CHARS_MAX} characters`, shown);
      else {
        // Without the sign of zero, which the text of the words would not show.
        const value = Number(number) + 0;
        const known = words.get(word) ?? BUILT_IN_WORDS.get(word);
        if (known === undefined && isRefused(word))
          fault("holds %s, which is not a word: its meaning is fixed", shown);
        else if (known !== undefined && known !== value)
          fault(`holds %s, which means ${known} already; each word has one number`, entry);
        words.set(word, value);
      }
    }
    if (words.size > VALUE_WORDS_MAX)
      fault(`holds ${words.size} words; at most ${VALUE_WORDS_MAX} are allowed`);
    return words;
  });
}

/** Numbers, and texts that are rejected as "nan" or "infinite", never mean another number. */
function isRefused(word: string): boolean {
  return !Number.isNaN(parseValue(word)) || valueRejection(word) !== "text";
}

/** The words as text, the same for the same words in any order. */
export function wordsText(words: AddedWords): string {
  return [...words]
    .map(([word, value]) => `${word}=${value}`)
    .sort()
    .join(",");
}
