/** What can become of an effect; before and after are meant of what it does to the world. */
export type FaultMode =
  /** It has no effect, and the caller is told of a failure. */
  | "fail before"
  /** It has its effect, and the caller is told of a failure all the same. */
  | "effect, then fail"
  /** The caller dies before it has any effect. */
  | "die before"
  /** The caller dies before it hears of the effect. */
  | "die after"
  /** The caller is superseded and runs on with a store that throws; effect and answer come `LATE_MS` late. */
  | "zombie"
  /** Effect and answer come `LATE_MS` late, when nobody may wait for them any more. */
  | "late"
  /** The caller is told of a failure, and the effect comes after that of the next try. */
  | "overtaken"
  /** No effect, no answer, ever. */
  | "hang"
  /** It goes well, and at that moment every object dies. */
  | "isolate dies"
  /** It goes well, and the caller's alarm is delivered once more. */
  | "alarm twice"
  /** It goes well, and at that moment the caller's clock steps. */
  | "clock back"
  | "clock ahead";

/** Longer than anybody waits for a page or a peer, and less than a put has to be thought of. */
export const LATE_MS = 100_000;
/** What nobody has tried again by then comes now. */
export const LANDS_LATE_MS = 110_000;

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

/** Every way in which the effect of this label can be broken: on own storage nothing is late or lost. */
export function faultModesOf(label: string): readonly FaultMode[] {
  return / (store|alarm)\./.test(label) ? LOCAL : REMOTE;
}
