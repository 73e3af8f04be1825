/** The ways in which an effect can be broken; "before" and "after" refer to its result in the world. */
export type FaultMode =
  /** It has no effect, and the caller gets an error. */
  | "fail before"
  /** It has its effect, and the caller gets an error. */
  | "effect, then fail"
  /** The caller dies before it has any effect. */
  | "die before"
  /** The caller dies after the effect and before the response. */
  | "die after"
  /** The caller is superseded and runs on with a store that throws; effect and response are `LATE_MS` late. */
  | "zombie"
  /** Effect and response are `LATE_MS` late, possibly after the caller has stopped waiting. */
  | "late"
  /** The caller gets an error, and the effect happens after that of the next attempt. */
  | "overtaken"
  /** It never has an effect or a response. */
  | "hang"
  /** It succeeds, and at that moment every object dies. */
  | "isolate dies"
  /** It succeeds, and the caller's alarm is delivered once more. */
  | "alarm twice"
  /** It succeeds, and at that moment the caller's clock steps. */
  | "clock back"
  | "clock ahead";

/** Longer than a caller waits for a page or a peer, shorter than the time for which a put may still land. */
export const LATE_MS = 100_000;
/** An overtaken effect without another attempt by then happens now. */
export const OVERTAKEN_MS_MAX = 110_000;

const BESIDE: readonly FaultMode[] = ["isolate dies", "alarm twice", "clock back", "clock ahead"];
const LOCAL: readonly FaultMode[] = [
  "fail before",
  "effect, then fail",
  "die before",
  "die after",
  "zombie",
  ...BESIDE,
];
const REMOTE: readonly FaultMode[] = [...LOCAL, "late", "overtaken", "hang"];

/** The ways in which the effect of this label can be broken; the object's own storage is never late. */
export function faultModesOf(label: string): readonly FaultMode[] {
  return / (store|alarm)\./.test(label) ? LOCAL : REMOTE;
}
