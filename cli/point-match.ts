/** Whether a name matches the pattern in whole: `*` stands for any characters, also `/`, and `?` for one. Pure. */
export function pointMatcher(pattern: string): (name: string) => boolean {
  const source = Array.from(pattern, (sign) =>
    sign === "*" ? ".*" : sign === "?" ? "." : sign.replace(/[\\^$.*+?()[\]{}|/]/u, "\\$&"),
  );
  const matcher = new RegExp(`^${source.join("")}$`, "su");
  return (name) => matcher.test(name);
}

export const isPattern = (text: string): boolean => /[*?]/.test(text);

/** Whether a name matches a pattern in whole, or contains a text without `*` and `?`. Pure. */
export function pointFilter(text: string): (name: string) => boolean {
  return isPattern(text) ? pointMatcher(text) : (name) => name.includes(text);
}
