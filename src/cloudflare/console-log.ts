import type { Log } from "../ports/ports.ts";

/** A log that writes each message as a line of JSON; every message begins with `prefix`. */
export function logAs(prefix: string): Log {
  return (level, message, fields = {}) => {
    const entry = { level, message: message.startsWith(prefix) ? message : `${prefix} ${message}` };
    // First, so that a raw line begins with them; and last, because fields may have a `message`, as those of an alert.
    const line = JSON.stringify({ ...entry, ...fields, ...entry });
    if (level === "ERROR") console.error(line);
    else if (level === "WARN") console.warn(line);
    else console.log(line);
  };
}
