import type { EpochMs } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import type { Table } from "../../object/tables/tables.ts";
import type { Job, Reports, SiteReport } from "../job/job.ts";
import type { Sql, Store } from "../ports.ts";

export const jobTables: readonly Table[] = [
  {
    name: "job",
    migrations: {
      1: ["CREATE TABLE IF NOT EXISTS job (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL)"],
      // A forced restart counts its days by its id instead of by a generation.
      2: [
        `UPDATE job SET body = json_remove(
           json_set(body, '$.forced', json(iif(json_extract(body, '$.requiredGeneration') > 0, 'true', 'false'))),
           '$.generation', '$.requiredGeneration')`,
      ],
    },
  },
  {
    name: "site_report",
    migrations: {
      1: [
        `CREATE TABLE IF NOT EXISTS site (
           name TEXT PRIMARY KEY, epoch INTEGER NOT NULL, round INTEGER NOT NULL, report TEXT NOT NULL)`,
      ],
      2: [
        "ALTER TABLE site RENAME TO site_report",
        // Reports did not name their backfill: those since its start are of the job, the others of an earlier one.
        `UPDATE site_report SET report = json_set(report, '$.backfillId',
           (SELECT iif(epoch >= json_extract(body, '$.sinceEpoch'), json_extract(body, '$.backfillId'), '') FROM job))`,
        "UPDATE job SET body = json_remove(body, '$.sinceEpoch')",
      ],
    },
  },
];

/** The Coordinator's memory: the job, and the newest report of every site that was ever sent one. */
export class JobStore {
  readonly #store: Store;
  /** When each site last answered this incarnation; not worth a write. */
  readonly #respondedAt = new Map<SiteName, EpochMs>();
  /** Sites without an answer in time to the last request. */
  readonly #silent = new Set<SiteName>();
  #requests = 0;
  /** For each site, the number of the request that its newest report answers. */
  readonly #answeredRequest = new Map<SiteName, number>();

  constructor(store: Store) {
    this.#store = store;
  }

  read(): { job: Job | undefined; reports: Reports } {
    return this.#store.tx((sql) => {
      const [row] = sql.all<{ body: string }>("SELECT body FROM job");
      const sites = sql.all<{ name: string; report: string }>("SELECT name, report FROM site_report");
      return {
        job: row ? (JSON.parse(row.body) as Job) : undefined,
        reports: new Map(sites.map((site) => [site.name as SiteName, storedReport(site.report)])),
      };
    });
  }

  setJob(sql: Sql, job: Job): void {
    sql.run(
      "INSERT INTO job VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
      JSON.stringify(job),
    );
  }

  /**
   * To be called before a request to a site; the returned function records the answer. Answers may overtake each
   * other, and one to an earlier request is ignored: it would take back what others have seen.
   */
  beginRequest(): (report: SiteReport, now: EpochMs) => void {
    const request = ++this.#requests;
    return (report, now) => {
      const name = report.view.site as SiteName;
      if ((this.#answeredRequest.get(name) ?? 0) > request) return;
      this.#answeredRequest.set(name, request);
      this.#respondedAt.set(name, now);
      const { epoch, round } = report;
      this.#store.tx((sql) => sql.run(WRITE_REPORT, name, epoch, round, JSON.stringify(report)));
    };
  }

  recordSilence(requested: readonly SiteName[], responded: ReadonlySet<SiteName>): void {
    for (const site of requested) {
      if (responded.has(site)) this.#silent.delete(site);
      else this.#silent.add(site);
    }
  }

  /** The site did not answer the last request, and no other for more than `ms`. */
  isSilent(site: SiteName, now: EpochMs, ms: number): boolean {
    // A time ahead counts like one in the past: a clock that stepped back must not make a lost site look reachable.
    return this.#silent.has(site) && Math.abs(now - (this.#respondedAt.get(site) ?? 0)) > ms;
  }
}

const WRITE_REPORT = `INSERT INTO site_report VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET
    epoch = excluded.epoch, round = excluded.round, report = excluded.report
  WHERE (excluded.epoch, excluded.round) >= (site_report.epoch, site_report.round)
    AND excluded.report <> site_report.report`;

/** A report of an earlier version lacks what sites report since. */
function storedReport(text: string): SiteReport {
  const report = JSON.parse(text) as SiteReport;
  return { ...report, view: { ...MISSING, ...report.view } };
}

const MISSING = { warnings: [], retrying: null } satisfies Partial<SiteReport["view"]>;
