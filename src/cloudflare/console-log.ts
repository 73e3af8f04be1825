import type { Log } from "../ports/ports.ts";

/** One line of JSON a message, which begins with `prefix`. */
export function logAs(prefix: string): Log {
  return (level, message, fields = {}) => {
    const text = message.startsWith(prefix) ? message : `${prefix} ${message}`;
    const line = JSON.stringify({ level, message: text, ...fields });
    if (level === "ERROR") console.error(line);
    else if (level === "WARN") console.warn(line);
    else console.log(line);
  };
}
