import { expect, test } from "vitest";
import type { SqlValue, Store } from "../../src/ports/ports.ts";

/** What the rules rely on in any `Store`. `withStore` provides an empty store. */
export function storeConformance(withStore: (body: (store: Store) => Promise<void>) => Promise<void>): void {
  test("all writes of a transaction are visible afterwards", () =>
    withStore(async (store) => {
      store.tx((sql) => {
        sql.run("CREATE TABLE t (a INTEGER, b TEXT)");
        sql.run("INSERT INTO t VALUES (?, ?), (?, ?)", 1, "one", 2, "zwölf 𝄞");
      });
      await store.sync();
      expect(store.tx((sql) => sql.all("SELECT a, b FROM t ORDER BY a"))).toEqual([
        { a: 1, b: "one" },
        { a: 2, b: "zwölf 𝄞" },
      ]);
    }));

  test("a transaction that throws changes nothing and passes its error on", () =>
    withStore(async (store) => {
      store.tx((sql) => sql.run("CREATE TABLE t (a INTEGER)"));
      const fail = () =>
        store.tx((sql) => {
          sql.run("INSERT INTO t VALUES (1)");
          throw new Error("on purpose");
        });
      expect(fail).toThrow("on purpose");
      expect(store.tx((sql) => sql.all("SELECT * FROM t"))).toEqual([]);
    }));

  test("an inner transaction is committed or rolled back with the outer", () =>
    withStore(async (store) => {
      store.tx((sql) => sql.run("CREATE TABLE t (a INTEGER)"));
      const fail = () =>
        store.tx(() => {
          store.tx((sql) => sql.run("INSERT INTO t VALUES (1)"));
          throw new Error("on purpose");
        });
      expect(fail).toThrow("on purpose");
      expect(store.tx((sql) => sql.all("SELECT * FROM t"))).toEqual([]);
      store.tx(() => store.tx((sql) => sql.run("INSERT INTO t VALUES (2)")));
      expect(store.tx((sql) => sql.all("SELECT a FROM t"))).toEqual([{ a: 2 }]);
    }));

  test("blobs come back as they were, views into larger buffers too", () =>
    withStore(async (store) => {
      const whole = Uint8Array.from({ length: 256 }, (_, index) => index);
      const view = whole.subarray(10, 20);
      const blobs = store.tx((sql) => {
        sql.run("CREATE TABLE t (a BLOB)");
        for (const blob of [whole, view, new Uint8Array()]) sql.run("INSERT INTO t VALUES (?)", blob);
        return sql.all<{ a: Uint8Array }>("SELECT a FROM t ORDER BY rowid").map((row) => row.a);
      });
      expect(blobs.every((blob) => blob instanceof Uint8Array)).toBe(true);
      expect(blobs.map((blob) => [...blob])).toEqual([[...whole], [...view], []]);
    }));

  test("rows are counted as they change, and can be numbered and summed in an order", () =>
    withStore(async (store) => {
      const changes = store.tx((sql) => {
        const total = () => sql.all<{ n: number }>("SELECT total_changes() AS n")[0]?.n ?? 0;
        const add = (a: number, b: string) =>
          sql.run("INSERT INTO t VALUES (?, ?) ON CONFLICT (a) DO UPDATE SET b = ?2 WHERE b <> ?2", a, b);
        sql.run("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) WITHOUT ROWID");
        const before = total();
        for (const [a, b] of [
          [1, "x"],
          [2, "yy"],
          [2, "yy"],
          [1, "zzz"],
        ] as const)
          add(a, b);
        return total() - before;
      });
      expect(changes).toBe(3);
      const numbered = `SELECT a, row_number() OVER up AS place, sum(length(b)) OVER up AS chars FROM t
        WINDOW up AS (ORDER BY b ROWS UNBOUNDED PRECEDING) ORDER BY place`;
      expect(store.tx((sql) => sql.all(numbered))).toEqual([
        { a: 2, place: 1, chars: 2 },
        { a: 1, place: 2, chars: 5 },
      ]);
    }));

  test("a value of 1.9 MB is accepted, and a part of it can be read", () =>
    withStore(async (store) => {
      const large = new Uint8Array(1_900_000).fill(7);
      large[1_000_000] = 8;
      const [row] = store.tx((sql) => {
        sql.run("CREATE TABLE t (a BLOB)");
        sql.run("INSERT INTO t VALUES (?)", large);
        return sql.all<{ part: Uint8Array; length: number }>(
          "SELECT substr(a, 1000000, 3) AS part, length(a) AS length FROM t",
        );
      });
      expect(row?.length).toBe(1_900_000);
      expect([...(row?.part ?? [])]).toEqual([7, 8, 7]);
    }));

  test("whole numbers are exact to 2^53 and doubles keep their bits", () =>
    withStore(async (store) => {
      const numbers = [0, -1, 2 ** 31, 1_705_316_600_123_456, Number.MAX_SAFE_INTEGER, 0.1, 1e300];
      const back = store.tx((sql) => {
        sql.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
        for (const number of numbers) sql.run("INSERT INTO t (a) VALUES (?)", number);
        return sql.all<{ a: number }>("SELECT a FROM t ORDER BY id").map((row) => row.a);
      });
      expect(back).toEqual(numbers);
    }));

  test("numbered parameters can be used twice, and null is null", () =>
    withStore(async (store) => {
      const [row] = store.tx((sql) => sql.all("SELECT ?1 AS a, ?2 AS b, ?1 AS c, ?3 AS d", "x", 5, null));
      expect(row).toEqual({ a: "x", b: 5, c: "x", d: null });
    }));

  test("a pattern over 50 bytes and a hundred and first parameter are refused", () =>
    withStore(async (store) => {
      const refused = (query: string, ...values: SqlValue[]) =>
        expect(() => store.tx((sql) => sql.all(query, ...values)), query).toThrow();
      refused("SELECT ? LIKE ?", "a", "a".repeat(51));
      const hundred = Array.from({ length: 100 }, () => "?");
      const numbers = hundred.map((_, index) => index);
      refused(`SELECT ${[...hundred, "?"].join(" + ")} AS sum`, ...numbers, 100);
      expect(store.tx((sql) => sql.all(`SELECT ${hundred.join(" + ")} AS sum`, ...numbers))).toEqual([
        { sum: 4_950 },
      ]);
      expect(store.tx((sql) => sql.all("SELECT ? LIKE ? AS like", "a", "a".repeat(50)))).toEqual([
        { like: 0 },
      ]);
    }));

  test("row values compare as the job store needs them", () =>
    withStore(async (store) => {
      const [row] = store.tx((sql) => sql.all("SELECT (2, 1) >= (1, 9) AS newer, (1, 1) >= (1, 2) AS older"));
      expect(row).toEqual({ newer: 1, older: 0 });
    }));
}
