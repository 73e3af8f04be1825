import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a Worker's secrets for `wrangler dev --env-file`, which reads them once, and returns the function that deletes
 * them. On the command line of wrangler every user of the machine could read them.
 */
export function writeSecrets(path: string, secrets: Readonly<Record<string, string>>): () => void {
  mkdirSync(dirname(path), { recursive: true });
  // A file that another run left keeps its permissions.
  rmSync(path, { force: true });
  writeFileSync(path, Object.entries(secrets).map(secretLine).join(""), { mode: 0o600 });
  return () => rmSync(path, { force: true });
}

/** A line of the file. Throws `RangeError` for a secret that no quotes can hold; it names the variable alone. */
function secretLine([name, secret]: readonly [string, string]): string {
  const quote = ["'", "`", '"'].find((each) => !secret.includes(each));
  if (quote === undefined || /[^\x21-\x7e]/.test(secret))
    throw new RangeError(`${name} has characters that an API key can't have`);
  // wrangler would replace $NAME by a variable, in any quotes.
  return `${name}=${quote}${secret.replaceAll("$", "\\$")}${quote}\n`;
}
