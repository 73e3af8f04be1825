import {
  byteLength,
  bytesReply,
  htmlReply,
  jsonReply,
  type PageFaults,
  type Reply,
  startOf,
  textReply,
  withHeaders,
} from "../ace-api/ace-api.ts";
import { withBareNumbers, withNamelessPoints } from "./changed-body.ts";
import type { Effect } from "./fault.ts";

export function pageFaultsOf(effects: readonly Effect[]): PageFaults {
  const has = (kind: Effect["do"]) => effects.some((effect) => effect.do === kind);
  return { emptyPage: has("empty-page"), repeat: has("repeat"), shuffle: has("shuffle") };
}

export function delayMsOf(effects: readonly Effect[]): number {
  return effects.reduce((sum, effect) => sum + (effect.do === "delay" ? effect.ms : 0), 0);
}

/** The reply that replaces the API's own: that of the first effect that has one. */
export function replacementOf(effects: readonly Effect[], nowMs: number): Reply | undefined {
  for (const effect of effects) {
    if (effect.do === "throttle") return throttleReply(effect.retryAfter, nowMs);
    if (effect.do === "status") {
      const reply = statusReply(effect.status, effect.body);
      return effect.retryAfter ? withRetryAfter(reply, effect.retryAfter, nowMs) : reply;
    }
    if (effect.do === "expire-cursor") return jsonReply(400, { message: "The cursor has expired." });
    if (effect.do === "redirect") {
      return withHeaders(htmlReply(effect.status, "Redirecting..."), { location: effect.location });
    }
    if (effect.do === "hang" && effect.share === undefined) {
      return { ...bytesReply(200, "application/json", [], 0), delivery: { kind: "silence" } };
    }
  }
  return undefined;
}

/** The reply with every effect on its body, headers and delivery. */
export function damagedReply(reply: Reply, effects: readonly Effect[]): Reply {
  return effects.reduce(damage, reply);
}

function damage(reply: Reply, effect: Effect): Reply {
  switch (effect.do) {
    case "truncate":
      return { ...reply, body: startOf(reply.body, Math.floor(byteLength(reply.body) * effect.share)) };
    case "malform":
      // The first double quote becomes a single quote, which is not JSON; the length stays the same.
      return { ...reply, body: [Buffer.from("{'"), ...tailOf(reply.body, 2)] };
    case "content-type":
      return withHeaders(reply, { "content-type": effect.contentType });
    case "bare-numbers":
      return withBareNumbers(reply, effect.every);
    case "nameless-points":
      return withNamelessPoints(reply, effect.count);
    case "bloat":
      return { ...reply, body: [...blanks(effect.bytes - byteLength(reply.body)), ...reply.body] };
    case "reset":
      return { ...reply, delivery: { kind: "reset", share: effect.share } };
    case "hang":
      // Without a share, replacementOf has already replaced the reply.
      return effect.share === undefined
        ? reply
        : { ...reply, delivery: { kind: "stall", share: effect.share } };
    case "throttle":
    case "status":
    case "redirect":
    case "expire-cursor":
    case "delay":
    case "empty-page":
    case "repeat":
    case "shuffle":
      return reply;
    default:
      return effect satisfies never;
  }
}

type RetryAfter = Extract<Effect, { do: "throttle" }>["retryAfter"];

export function throttleReply(retryAfter: RetryAfter, nowMs: number): Reply {
  return withRetryAfter(jsonReply(429, { message: "Too Many Requests" }), retryAfter, nowMs);
}

function withRetryAfter(reply: Reply, retryAfter: RetryAfter, nowMs: number): Reply {
  switch (retryAfter.form) {
    case "seconds":
      return withHeaders(reply, { "retry-after": String(retryAfter.seconds) });
    case "date":
      return withHeaders(reply, { "retry-after": new Date(nowMs + retryAfter.seconds * 1000).toUTCString() });
    case "text":
      return withHeaders(reply, { "retry-after": retryAfter.text });
    case "absent":
      return reply;
    default:
      return retryAfter satisfies never;
  }
}

function statusReply(status: number, body: Extract<Effect, { do: "status" }>["body"]): Reply {
  switch (body) {
    case "html":
      return htmlReply(status, TITLES[status] ?? "Error");
    case "json":
      return jsonReply(status, { message: status === 500 ? "An unhandled exception occurred." : "Error" });
    case "nulls":
      return jsonReply(status, { point_samples: null, next_cursor: null, has_more: null });
    case "no-data":
      return jsonReply(status, { message: "No data for time period" });
    case "empty":
      return textReply(status, "application/json", "");
    default:
      return body satisfies never;
  }
}

const TITLES: Readonly<Record<number, string>> = {
  404: "Not Found",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out",
};

function tailOf(body: readonly Buffer[], from: number): Buffer[] {
  const [first = Buffer.alloc(0), ...rest] = body;
  return [first.subarray(from), ...rest];
}

/** Many megabytes of blanks, as one buffer repeated. */
function blanks(bytes: number): Buffer[] {
  const block = Buffer.alloc(1024 * 1024, " ");
  return Array.from({ length: Math.max(0, Math.ceil(bytes / block.length)) }, () => block);
}
