import type { Alarm, Clock, Row, Sql, SqlValue, Store, View } from "../backfill/ports.ts";
import type { EpochMs } from "../domain/day.ts";

/** The ports over a Durable Object's storage, KV and the runtime's clock. */
export class ObjectStore implements Store {
  readonly #storage: DurableObjectStorage;
  readonly #sql: Sql;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = {
      run: (query, ...values) => {
        storage.sql.exec(query, ...values.map(bindable));
      },
      all: <T extends Row>(query: string, ...values: SqlValue[]) =>
        storage.sql
          .exec(query, ...values.map(bindable))
          .toArray()
          .map(withBytes) as T[],
    };
  }

  tx<T>(body: (sql: Sql) => T): T {
    return this.#storage.transactionSync(() => body(this.#sql));
  }

  sync(): Promise<void> {
    return this.#storage.sync();
  }
}

/** A view into a larger buffer is bound as exactly its bytes. */
function bindable(value: SqlValue): string | number | null | ArrayBuffer {
  if (!(value instanceof Uint8Array)) return value;
  const whole = value.byteOffset === 0 && value.byteLength === value.buffer.byteLength;
  return (whole ? value.buffer : value.slice().buffer) as ArrayBuffer;
}

function withBytes(row: Record<string, unknown>): Row {
  for (const [name, value] of Object.entries(row)) {
    if (value instanceof ArrayBuffer) row[name] = new Uint8Array(value);
  }
  return row as Row;
}

export class ObjectAlarm implements Alarm {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  arm(at: EpochMs): Promise<void> {
    return this.#storage.setAlarm(at);
  }

  disarm(): Promise<void> {
    return this.#storage.deleteAlarm();
  }

  async armedAt(): Promise<EpochMs | undefined> {
    return (await this.#storage.getAlarm()) ?? undefined;
  }
}

export class KvView implements View {
  readonly #kv: KVNamespace;

  constructor(kv: KVNamespace) {
    this.#kv = kv;
  }

  put(key: string, value: string, ttlSeconds: number | undefined): Promise<void> {
    return this.#kv.put(key, value, ttlSeconds === undefined ? {} : { expirationTtl: ttlSeconds });
  }
}

export const wallClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done, { once: true });
      function done() {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      }
    });
  },
};
