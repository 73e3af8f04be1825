import type { Status } from "../../src/contract/backfill.ts";
import type { DayEvidence } from "../../src/domain/evidence.ts";
import { imbalance } from "../../src/domain/evidence.ts";
import {
  contentOf,
  ledgerOf,
  pointsLags,
  rollupContentOf,
  rowsOf,
  stagedRows,
  viewLags,
} from "../world/harness/inspect.ts";
import type { World } from "../world/harness/world.ts";
import { sequenceFaults } from "../world/harness/world-receiver.ts";

/** The result of a job, which must not depend on failures during the job. */
export interface Ending {
  /** Objects by key, as the hash of their content. */
  readonly content: Readonly<Record<string, string | undefined>>;
  readonly ledger: readonly string[];
  readonly evidence: readonly string[];
  readonly status: string;
  readonly shown: unknown;
  /** Staged rows that are left, points files without a stored point, keys that KV shows wrongly, counts that do not add up. */
  readonly faults: readonly string[];
}

/** Reads the result of a job from its world; `status` is the last response to a client. */
export function endingOf(world: World, status: Status): Ending {
  const days = evidenceOf(world);
  const staged = stagedRows(world);
  return {
    content: { ...contentOf(world), ...rollupContentOf(world) },
    ledger: ledgerOf(world),
    evidence: days.map(({ day, evidence }) => `${day} ${JSON.stringify(evidence.content)}`),
    status: `${status.status} ${status.outcome} ${status.days_completed}/${status.days_total}`,
    shown: world.view.json("backfill:state")?.status,
    faults: [
      ...(staged > 0 ? [`${staged} rows staged`] : []),
      ...sequenceFaults(world.receiver),
      ...rowsOf<{ body: string }>(world.coordinator, "SELECT body FROM alert_notice").map(
        ({ body }) => `not delivered: ${body}`,
      ),
      ...pointsLags(world).map((site) => `the points file of ${site} lags`),
      ...viewLags(world).map((key) => `KV lags at ${key}`),
      ...days.flatMap(({ day, evidence }) => {
        const fault = imbalance(evidence.content.written, evidence.duplicates, evidence.transport);
        return fault ? [`${day}: ${fault}`] : [];
      }),
    ],
  };
}

function evidenceOf(world: World): { day: string; evidence: DayEvidence }[] {
  return [...world.sites].flatMap(([name, site]) =>
    rowsOf<{ date: string; published: string }>(
      site,
      "SELECT date, published FROM day WHERE published IS NOT NULL ORDER BY date",
    ).map(({ date, published }) => ({
      day: `${name} ${date}`,
      evidence: (JSON.parse(published) as { evidence: DayEvidence }).evidence,
    })),
  );
}
