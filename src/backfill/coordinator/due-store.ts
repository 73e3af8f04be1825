import type { SiteName } from "../../domain/site.ts";
import type { Table } from "../../object/tables/tables.ts";
import type { DueTrack, SiteDue } from "../job/job.ts";
import type { Sql, Store } from "../ports.ts";

export const dueTables: readonly Table[] = [
  {
    name: "due_track",
    migrations: {
      3: [
        `CREATE TABLE due_track (id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL,
           paused INTEGER NOT NULL)`,
      ],
    },
  },
  {
    name: "site_due",
    migrations: { 3: ["CREATE TABLE site_due (name TEXT PRIMARY KEY, body TEXT NOT NULL)"] },
  },
];

/** Whether sites work on due days, and what each site has said last of its own. */
export class DueStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Epoch 0 before the first pause. */
  get track(): DueTrack {
    return this.#store.tx((sql) => {
      const [row] = sql.all<{ epoch: number; paused: number }>("SELECT epoch, paused FROM due_track");
      return row ? { epoch: row.epoch, paused: row.paused === 1 } : { epoch: 0, paused: false };
    });
  }

  /** Commits a pause or its end; the epoch is above every one that a site has reported. */
  setPaused(paused: boolean): DueTrack {
    return this.#store.tx((sql) => {
      const epochs = [...this.reports.values()].map((report) => report.track.epoch);
      const track = { epoch: Math.max(this.track.epoch, ...epochs) + 1, paused };
      write(sql, track);
      return track;
    });
  }

  get reports(): ReadonlyMap<SiteName, SiteDue> {
    return this.#store.tx(
      (sql) =>
        new Map(
          sql
            .all<{ name: SiteName; body: string }>("SELECT name, body FROM site_due ORDER BY name")
            .map(({ name, body }) => [name, JSON.parse(body) as SiteDue]),
        ),
    );
  }

  /**
   * Records what a site has said. A site with a higher epoch has heard of a pause that this object has lost: what it says
   * holds, unless somebody has decided since; then the epoch is raised above the site's.
   */
  record(site: SiteName, report: SiteDue | undefined): void {
    if (!report) return;
    this.#store.tx((sql) => {
      sql.run(WRITE_REPORT, site, JSON.stringify(report));
      const { track } = this;
      if (report.track.epoch <= track.epoch) return;
      write(sql, track.epoch === 0 ? report.track : { epoch: report.track.epoch + 1, paused: track.paused });
    });
  }
}

const WRITE_REPORT = `INSERT INTO site_due VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body
  WHERE body <> excluded.body`;

function write(sql: Sql, { epoch, paused }: DueTrack): void {
  sql.run(
    `INSERT INTO due_track VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch,
       paused = excluded.paused`,
    epoch,
    paused ? 1 : 0,
  );
}
