import type { EpochMs } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import type { Job, SiteReport } from "./job.ts";
import type { Store } from "./ports.ts";

/** The Coordinator's memory: the job it wants, and the last word of every site it ever told. */
export class Roster {
  readonly #store: Store;
  /** When a site was last heard in this incarnation; not worth a write. */
  readonly #heardAt = new Map<SiteName, EpochMs>();
  /** Sites that gave no answer in time when they were last asked. */
  readonly #silent = new Set<SiteName>();
  #questions = 0;
  /** Of each site, the number of the question that its newest answer was to. */
  readonly #answered = new Map<SiteName, number>();

  constructor(store: Store) {
    this.#store = store;
    store.tx((sql) => {
      sql.run("CREATE TABLE IF NOT EXISTS job (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL)");
      sql.run(`CREATE TABLE IF NOT EXISTS site (
        name TEXT PRIMARY KEY, epoch INTEGER NOT NULL, round INTEGER NOT NULL, report TEXT NOT NULL)`);
    });
  }

  read(): {
    job: Job | undefined;
    reports: Map<SiteName, SiteReport>;
  } {
    return this.#store.tx((sql) => {
      const [row] = sql.all<{ body: string }>("SELECT body FROM job");
      const sites = sql.all<{ name: string; report: string }>("SELECT name, report FROM site");
      return {
        job: row ? (JSON.parse(row.body) as Job) : undefined,
        reports: new Map(sites.map((site) => [site.name as SiteName, JSON.parse(site.report) as SiteReport])),
      };
    });
  }

  setJob(job: Job): void {
    this.#store.tx((sql) => {
      sql.run(
        "INSERT INTO job VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        JSON.stringify(job),
      );
    });
  }

  /**
   * To be called before a site is asked how it is; what it returns takes the answer over. Answers may overtake each
   * other, and one that is older than what is known would turn back what everybody has seen.
   */
  question(): (report: SiteReport, now: EpochMs) => void {
    const number = ++this.#questions;
    return (report, now) => {
      const name = report.view.site as SiteName;
      if ((this.#answered.get(name) ?? 0) > number) return;
      this.#answered.set(name, number);
      this.#heardAt.set(name, now);
      this.#write(name, report);
    };
  }

  noteSilent(asked: readonly SiteName[], heard: ReadonlySet<SiteName>): void {
    for (const site of asked) {
      if (heard.has(site)) this.#silent.delete(site);
      else this.#silent.add(site);
    }
  }

  /** The site was asked in vain, and has said nothing for more than `ms`. */
  isSilent(site: SiteName, now: EpochMs, ms: number): boolean {
    // As far ahead as behind: a clock that stepped back must not make a site that is gone look reachable.
    return this.#silent.has(site) && Math.abs(now - (this.#heardAt.get(site) ?? 0)) > ms;
  }

  #write(name: SiteName, report: SiteReport): void {
    this.#store.tx((sql) => {
      sql.run(
        `INSERT INTO site VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET
           epoch = excluded.epoch, round = excluded.round, report = excluded.report
         WHERE (excluded.epoch, excluded.round) >= (site.epoch, site.round) AND excluded.report <> site.report`,
        name,
        report.epoch,
        report.round,
        JSON.stringify(report),
      );
    });
  }
}
