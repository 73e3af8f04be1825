/** Whether a name matches the pattern in whole: `*` stands for any characters, also `/`, and `?` for one. Pure. */
export function pointMatcher(pattern: string): (name: string) => boolean {
  const source = Array.from(pattern, (sign) =>
    sign === "*" ? ".*" : sign === "?" ? "." : sign.replace(/[\\^$.*+?()[\]{}|/]/u, "\\$&"),
  );
  const matcher = new RegExp(`^${source.join("")}$`, "su");
  return (name) => matcher.test(name);
}
