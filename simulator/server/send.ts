import type { ServerResponse } from "node:http";
import { byteLength, headOf, type Reply } from "../api/reply.ts";
import type { Arrival } from "./stats.ts";

/** Sends a reply as its delivery says, and notes on the arrival what became of it. */
export function send(response: ServerResponse, reply: Reply, arrival: Arrival): void {
  const { delivery } = reply;
  switch (delivery.kind) {
    case "whole":
      // Noted before the first byte leaves: whoever has read the answer finds it in the statistics.
      arrival.outcome = reply.status;
      arrival.rows = reply.rows;
      arrival.bytes = byteLength(reply.body);
      response.writeHead(reply.status, { ...reply.headers, "content-length": arrival.bytes });
      writeAll(response, reply.body);
      response.end();
      return;
    case "reset":
      arrival.outcome = "reset";
      sendPart(response, reply, delivery.share);
      setTimeout(() => response.socket?.resetAndDestroy(), RESET_AFTER_MS);
      return;
    case "stall":
      arrival.outcome = "hang";
      sendPart(response, reply, delivery.share);
      return;
    case "silence":
      arrival.outcome = "hang";
      return;
    default:
      delivery satisfies never;
  }
}

/** A reset discards what the client has not read yet: this lets the first part of the body arrive. */
const RESET_AFTER_MS = 20;

/** Never the last byte: a client that believed the answer whole would send its next request after it. */
function sendPart(response: ServerResponse, reply: Reply, share: number): void {
  const declared = Math.max(1, byteLength(reply.body));
  response.writeHead(reply.status, { ...reply.headers, "content-length": declared });
  response.flushHeaders();
  writeAll(response, headOf(reply.body, Math.min(declared - 1, Math.floor(declared * share))));
}

function writeAll(response: ServerResponse, parts: readonly Buffer[]): void {
  response.cork();
  for (const part of parts) response.write(part);
  response.uncork();
}
