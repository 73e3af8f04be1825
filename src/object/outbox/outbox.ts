/** Outboxes: what the outside world is to be told, written in the transaction of the state that it is about. */
export { AlertOutbox, alertOutboxTables } from "./alert-outbox.ts";
export { DAY_TTL_S, ViewOutbox, viewOutboxTables } from "./view-outbox.ts";
