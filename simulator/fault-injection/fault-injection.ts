import type { RequestInfo } from "../ace-api/ace-api.ts";
import { chance } from "../chance.ts";
import { parseInstant } from "../naive-time.ts";
import { type Effect, type Fault, type FaultInput, faultSchema } from "./fault.ts";

/** Faults injected into responses of the simulated API. The door of this folder. */
export { damagedReply, delayMsOf, pageFaultsOf, replacementOf, throttleReply } from "./effects.ts";
export { type FaultInput, faultSchema } from "./fault.ts";

export interface FaultReport {
  readonly id: number;
  readonly fault: Fault;
  /** Requests that met the conditions. */
  readonly matched: number;
  /** Requests that got the effect. */
  readonly injected: number;
}

/** The faults that are active. */
export interface FaultSet {
  /** Adds a fault and returns its id. Throws `ZodError` for an invalid fault. */
  add(fault: FaultInput): number;
  /** Removes one fault, or all of them. */
  clear(id?: number): void;
  list(): FaultReport[];
  /** The effects for this request, which is counted. */
  effectsFor(request: RequestInfo): Effect[];
}

export function createFaultSet(): FaultSet {
  const active = new Map<number, { fault: Fault; matched: number; injected: number }>();
  let lastId = 0;
  return {
    add(fault) {
      active.set(++lastId, { fault: faultSchema.parse(fault), matched: 0, injected: 0 });
      return lastId;
    },
    clear(id) {
      if (id === undefined) active.clear();
      else active.delete(id);
    },
    list: () => [...active].map(([id, entry]) => ({ id, ...entry })),
    effectsFor(request) {
      const effects: Effect[] = [];
      for (const entry of active.values()) {
        const { fault } = entry;
        if (!matches(fault, request)) continue;
        const turn = entry.matched++ - fault.skip;
        const spent = fault.times !== undefined && entry.injected >= fault.times;
        if (turn < 0 || spent || chance(fault.seed, turn) >= fault.probability) continue;
        entry.injected++;
        effects.push(fault.effect);
      }
      return effects;
    },
  };
}

function matches(fault: Fault, request: RequestInfo): boolean {
  if (fault.on === "any" ? request.kind === "other" : fault.on !== request.kind) return false;
  if (fault.effect.do === "expire-cursor" && !request.hasCursor) return false;
  if (fault.site !== undefined && fault.site !== request.site) return false;
  if (fault.pageSizeMin !== undefined && !((request.pageSize ?? 0) >= fault.pageSizeMin)) return false;
  if (fault.pageSizeMax !== undefined && !((request.pageSize ?? 0) <= fault.pageSizeMax)) return false;
  return withinTime(fault, request.window);
}

function withinTime(fault: Fault, window: RequestInfo["window"]): boolean {
  if (fault.day === undefined && fault.from === undefined && fault.to === undefined) return true;
  if (!window) return false;
  if (fault.day !== undefined) {
    const middle = (window.fromMicros + window.toMicros) / 2;
    if (new Date(middle / 1000).toISOString().slice(0, 10) !== fault.day) return false;
  }
  const from = fault.from === undefined ? undefined : parseInstant(fault.from);
  const to = fault.to === undefined ? undefined : parseInstant(fault.to);
  return !(from !== undefined && window.toMicros <= from) && !(to !== undefined && window.fromMicros >= to);
}
