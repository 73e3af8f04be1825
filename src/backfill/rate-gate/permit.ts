import type { Permit } from "../ports.ts";
import { JITTER_MS } from "./rate-gate.ts";

/** What is left of the jitter is for the way to the vendor. */
export const LATE_MS_MAX = JITTER_MS - 400;

/**
 * Whether a permit may still be used by a caller who waited `waitedMs` for it. How late it is can't be read off a
 * clock, for the gate's is another: it is late by what the ways of the call and of the answer took, at most. One that
 * came before it was due is of a clock that stepped meanwhile, and says nothing.
 */
export function isFresh(waitedMs: number, { askedAt, dueAt }: Permit): boolean {
  const lateMs = waitedMs - (dueAt - askedAt);
  return Math.abs(lateMs) <= LATE_MS_MAX;
}
