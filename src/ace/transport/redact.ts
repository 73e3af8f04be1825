/** Fewer characters at the end of a quote say nothing of a key. */
const BEGINNING_CHARS_MIN = 4;

/** `text` without `key`, and without the beginning of it that a quote was cut off in. */
export function redact(text: string, key: string): string {
  // A key that is not set would be found between any two characters.
  if (key === "") return text;
  const whole = text.replaceAll(key, REDACTED);
  const [, quoted = "", cut = ""] = /^(.*?)(…?)$/s.exec(whole) ?? [];
  for (let length = key.length - 1; length >= BEGINNING_CHARS_MIN; length -= 1) {
    if (quoted.endsWith(key.slice(0, length))) return quoted.slice(0, -length) + REDACTED + cut;
  }
  return whole;
}

const REDACTED = "[key]";
