import type { Log } from "../ports/ports.ts";

/** One line of JSON a message, which begins with `prefix`. */
export function logAs(prefix: string): Log {
  return (level, message, fields = {}) => {
    const said = { level, message: message.startsWith(prefix) ? message : `${prefix} ${message}` };
    // First, for a reader of the raw line; and last, for fields may have a message of their own, as an alert has.
    const line = JSON.stringify({ ...said, ...fields, ...said });
    if (level === "ERROR") console.error(line);
    else if (level === "WARN") console.warn(line);
    else console.log(line);
  };
}
