import { DurableObject, env } from "cloudflare:workers";
import { fetchVendor } from "../ace/transport/transport.ts";
import type { SiteName } from "../domain/site.ts";
import { SiteSync, type SyncPeer } from "../etl/etl.ts";
import { Isolate } from "../object/isolate/isolate.ts";
import type { DueDays } from "../ports/due.ts";
import { D1Hot } from "./d1-hot.ts";
import { aceKeyOf } from "./env.ts";
import { type EtlEnv, etlConfigOf, etlLog } from "./etl-env.ts";
import { gateOf } from "./gate.ts";
import { retryingAlarm, siteNameOf } from "./object-shell.ts";
import { KvView, ObjectAlarm, ObjectStore, wallClock } from "./storage.ts";
import { webhookReceiver } from "./webhook-receiver.ts";

/** Shared by all objects of the isolate, since they share its memory. */
const isolate = new Isolate({ codeVersion: (env as unknown as EtlEnv).CF_VERSION_METADATA?.id });

/** Gives the rules of a site's sync the ports of the platform, at the first call. */
export class SiteSyncObject extends DurableObject<EtlEnv> implements SyncPeer {
  #made: SiteSync | undefined;

  get #rules(): SiteSync {
    if (this.#made) return this.#made;
    const config = etlConfigOf(this.env);
    const site = siteNameOf(this.ctx);
    this.#made = new SiteSync(
      {
        store: new ObjectStore(this.ctx.storage),
        clock: wallClock,
        alarm: new ObjectAlarm(this.ctx.storage),
        view: new KvView(this.env.ETL_STATE),
        gate: gateOf(this.env),
        vendor: fetchVendor({ base: config.aceApiBase, key: aceKeyOf(this.env) }),
        hot: new D1Hot(this.env.D1),
        archive: dueDaysOf(this.env, site),
        receiver: webhookReceiver(config.alertWebhookUrl),
        log: etlLog,
      },
      site,
      config,
      isolate,
    );
    return this.#made;
  }

  async wake() {
    return this.#rules.wake();
  }
  async trigger() {
    return this.#rules.trigger();
  }
  async report() {
    return this.#rules.report();
  }
  override alarm() {
    return retryingAlarm(this.ctx, etlLog, () => this.#rules.alarm());
  }
}

// A new stub for each call: a stub stays broken once a call of it has failed.
export function siteSyncOf(env: EtlEnv, site: SiteName): SyncPeer {
  const stub = () => env.SITE_SYNC.getByName(site) as unknown as SyncPeer;
  return {
    wake: () => stub().wake(),
    trigger: () => stub().trigger(),
    report: () => stub().report(),
  };
}

/** The site's object of the Backfill Worker. */
function dueDaysOf(env: EtlEnv, site: SiteName): DueDays {
  const stub = () => env.SITE_BACKFILL.getByName(site) as unknown as DueDays;
  return {
    setDue: (days, options) => stub().setDue(days, options),
    countPoints: (date) => stub().countPoints(date),
    addHotSamples: (date, samples) => stub().addHotSamples(date, samples),
  };
}
