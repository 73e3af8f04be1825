const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):?(\d\d))?$/;

/**
 * The microsecond of a time of the API, by a grammar and the engine's calendar; undefined for text that is not a
 * time. Nothing of `src` is used here: see `value.ts`.
 */
export function referenceTime(text: string): bigint | undefined {
  const [match, date = "", clock = "", fraction = "", sign, hours = "0", minutes = "0"] =
    TIME.exec(text) ?? [];
  if (match === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const ms = Date.parse(`${date}T${clock}Z`);
  // The engine rolls 02-31 and 24:00:00 into the next day; the round trip refuses them.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== `${date}T${clock}.000Z`) return undefined;
  const east = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -60_000 : 60_000);
  return BigInt(ms - east) * 1000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}
