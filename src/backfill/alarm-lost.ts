import type { EpochMs } from "../domain/day.ts";

/** Longer past, or longer after it is needed, no alarm is set that can be relied on. */
const ALARM_LOST_MS = 60_000;

/** Whether an alarm has to be set anew: none is, the runtime has lost it, or its clock has stepped back since. */
export function isAlarmLost(armedAt: EpochMs | undefined, neededAt: EpochMs, now: EpochMs): boolean {
  return armedAt === undefined || armedAt < now - ALARM_LOST_MS || armedAt > neededAt + ALARM_LOST_MS;
}
