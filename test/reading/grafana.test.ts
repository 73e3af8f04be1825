import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseYaml } from "@redocly/openapi-core";
import { beforeAll, describe, expect, it } from "vitest";
import { dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { QueryWorker } from "../query/query-worker.ts";
import { siteSync, syncStatus } from "../support/http/etl-views.ts";
import { NOW, STATUS, underTest } from "../support/http/fake-backfill.ts";
import { etlUnderTest } from "../support/http/fake-etl.ts";
import { scrapeOf } from "../support/http/metric-rules.ts";
import { VIEW } from "../support/job.ts";
import { encodeDay } from "../support/parquet/encode-day.ts";
import { MemoryArchive } from "../support/query/memory-archive.ts";
import { SqliteHot } from "../support/query/sqlite-hot.ts";
import { DOCS } from "./recipes.ts";

const GRAFANA = join(DOCS, "grafana");
const read = (path: string): string => readFileSync(join(GRAFANA, path), "utf8");

interface Column {
  readonly selector: string;
  readonly type: "timestamp_epoch" | "string" | "number";
}
interface Target {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly expr?: string;
  readonly legendFormat?: string;
  readonly url?: string;
  readonly url_options?: { readonly params: readonly { readonly key: string; readonly value: string }[] };
  readonly root_selector?: string;
  readonly columns?: readonly Column[];
}
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly current: { readonly value: string };
  readonly options: readonly { readonly value: string }[];
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: Readonly<Record<"x" | "y" | "w" | "h", number>>;
    readonly targets: readonly Target[];
  }[];
}

const dashboard = (name: string) => JSON.parse(read(name)) as Dashboard;
const SAMPLES = dashboard("samples.json");
const OPERATIONS = dashboard("operations.json");
const targetsOf = ({ panels }: Dashboard) => panels.flatMap(({ targets }) => targets);

describe.each([SAMPLES, OPERATIONS])("the dashboard $title", ({ panels, templating }) => {
  it("has panels that do not overlap, each with its own id", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  it("has every variable that it uses", () => {
    const used = [...JSON.stringify(panels).matchAll(/\$\{?(\w+)/g)].map(([, name = ""]) => name);
    const known = [...templating.list.map(({ name }) => name), "__from", "__to"];
    expect([...new Set(used)].filter((name) => !known.includes(name))).toEqual([]);
    expect(templating.list.map(({ name }) => name).filter((name) => !used.includes(name))).toEqual([]);
  });
});

describe("the dashboard of samples", () => {
  const SITE = "ses_falls_city" as SiteName;
  const DAY = "2024-01-31" as UtcDay;
  const NAMES = ["ses/ses_falls_city/weather/temp", "ses/ses_falls_city/weather/wind"];
  const FROM_MS = dayStartMs(DAY);
  let worker: QueryWorker;
  beforeAll(() => {
    const bucket = new MemoryArchive();
    const rows = {
      length: 200,
      point: new Uint32Array(200),
      micros: new Float64Array(200),
      value: new Float64Array(200),
    };
    for (let row = 0; row < 200; row++) {
      rows.point[row] = row % 2;
      rows.micros[row] = (FROM_MS + row * 400_000) * 1000;
      rows.value[row] = row;
    }
    const file = encodeDay({ site: SITE, dayStartMs: FROM_MS, names: NAMES }, [rows], { rowGroupSize: 50 });
    bucket.place(objectKey(SITE, DAY), file);
    const nowMs = dayStartMs("2024-03-01" as UtcDay);
    worker = new QueryWorker({ bucket, hot: new SqliteHot(), nowMs, hotDays: 20 });
  });

  /** The request of a target, with the values that Grafana puts in the place of variables. */
  async function answered({ url = "", url_options }: Target, changed: Readonly<Record<string, string>> = {}) {
    const values: Record<string, string> = {
      ...Object.fromEntries(SAMPLES.templating.list.map(({ name, current }) => [name, current.value])),
      ...{ __from: String(FROM_MS), __to: String(FROM_MS + 86_400_000) },
      ...changed,
    };
    const parameters = new URLSearchParams();
    for (const { key, value } of url_options?.params ?? []) {
      parameters.append(
        key,
        value.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? "unknown variable"),
      );
    }
    const { status, contentType, body } = await worker.get(url, parameters);
    expect([status, contentType], new TextDecoder().decode(body)).toEqual([
      200,
      "application/json; charset=UTF-8",
    ]);
    return JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
  }

  const TYPES: Readonly<Record<Column["type"], string>> = {
    timestamp_epoch: "number",
    string: "string",
    number: "number",
  };

  it.each(targetsOf(SAMPLES))("asks for what the Query Worker answers: $url", async (target) => {
    const answer = await answered(target, { points: NAMES.join(",") });
    const rows = answer[target.root_selector ?? ""] as Record<string, unknown>[];
    expect(new Set(rows.map(({ point_name }) => point_name))).toEqual(new Set(NAMES));
    for (const row of rows) {
      for (const { selector, type } of target.columns ?? []) expect(typeof row[selector]).toBe(TYPES[type]);
    }
    expect(target.columns?.map(({ selector }) => selector).sort()).toEqual(Object.keys(rows[0] ?? {}).sort());
  });

  it("shows the samples of its range, with times in milliseconds", async () => {
    const [target] = targetsOf(SAMPLES) as [Target];
    const { samples } = await answered(target, { interval: "1h", agg: "count", points: NAMES[0] as string });
    const times = (samples as { timestamp: number; value: number }[]).map(({ timestamp }) => timestamp);
    expect([times[0], times.at(-1)]).toEqual([FROM_MS, FROM_MS + 22 * 3_600_000]);
  });

  it("offers only intervals and aggregates that the Query Worker takes", async () => {
    const [target] = targetsOf(SAMPLES) as [Target];
    const offered = SAMPLES.templating.list.filter(({ type }) => type === "custom");
    expect(offered.map(({ name }) => name)).toEqual(["interval", "agg"]);
    for (const { name, options } of offered) {
      for (const { value } of options)
        expect(await answered(target, { [name]: value })).toHaveProperty("samples");
    }
  });
});

describe("the dashboard of operations", () => {
  it("uses only metrics that the Workers have, with their labels", async () => {
    const families = await familiesOfBoth();
    const expressions = targetsOf(OPERATIONS).map(({ expr = "" }) => expr);
    const used = expressions.flatMap((expr) => expr.match(/\b(?:backfill|etl)_\w+/g) ?? []);
    expect(used.length).toBeGreaterThanOrEqual(expressions.length);
    expect([...new Set(used)].filter((name) => !families.has(name))).toEqual([]);
    for (const { expr = "", legendFormat = "" } of targetsOf(OPERATIONS)) {
      const [name = ""] = expr.match(/\b(?:backfill|etl)_\w+/) ?? [];
      const labels = Object.keys(families.get(name)?.samples[0]?.labels ?? {});
      for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
        expect(labels, expr).toContain(label);
    }
  });

  it("shows all metrics of roll-ups, and tells those by the hour from raw ones", async () => {
    const families = await familiesOfBoth();
    const ofRollups = [...families].filter(([name]) => name.startsWith("backfill_rollup_"));
    for (const [name, { samples }] of ofRollups) {
      const target = targetsOf(OPERATIONS).find(({ expr }) => expr === name);
      const legends = samples.map(({ labels }) =>
        target?.legendFormat?.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? ""),
      );
      expect(new Set(legends).size, name).toBe(samples.length);
    }
    expect(ofRollups).toHaveLength(4);
  });
});

/** The families of a scrape of each Worker in which everything happens. */
async function familiesOfBoth() {
  const { backfill, get } = underTest();
  const rollups = {
    state: "idle" as const,
    hourly: { periods: 1, days_held: 90, days_lacking: 1, days_skipped: 0, bytes: 1 },
    raw: { periods: 2, days_held: 60, days_lacking: 0, days_skipped: 0, bytes: 1 },
    ...{ current_period: null, last_error: null },
  };
  const site = { ...VIEW, site: "building_a", last_progress: new Date(NOW - 90_500).toISOString(), rollups };
  const due = { site: "building_a", days_total: 5, days_published: 2, days_failed: 1 };
  backfill.measured = {
    at: NOW,
    status: { ...STATUS, sites: [site], throttled_until: new Date(NOW + 30_000).toISOString() },
    totals: { building_a: { samples: 1, bytes: 1, requests: 1, retries: 1, rateLimited: 1 } },
    permitsLastMinute: 42,
    due: {
      paused: true,
      sites: [{ ...due, current_date: null, phase: null, pages: 0, last_error: null, halt_reason: "401" }],
    },
  };
  const { etl, get: getEtl } = etlUnderTest();
  etl.current = syncStatus({ sites: [siteSync()] });
  etl.databaseBytes = 1;
  const scrapes = await Promise.all(
    [get("/metrics"), getEtl("/metrics")].map(async (each) => scrapeOf(await each)),
  );
  return new Map(scrapes.flatMap(({ families }) => [...families]));
}

describe("the provisioning", () => {
  const yaml = (path: string) =>
    parseYaml(read(join("provisioning", path))) as Record<string, Record<string, unknown>[]>;

  it("makes the data source that the dashboard of samples uses, with its token as a secret", () => {
    const [source = {}] = yaml("datasources/building-vitals.yaml").datasources ?? [];
    const used = new Set(targetsOf(SAMPLES).map(({ datasource }) => `${datasource.type} ${datasource.uid}`));
    expect(used).toEqual(new Set([`${source.type} ${source.uid}`]));
    expect(source).toMatchObject({
      url: "$QUERY_URL",
      jsonData: { auth_method: "bearerToken", allowedHosts: ["$QUERY_URL"] },
      secureJsonData: { bearerToken: "$QUERY_API_KEY" },
    });
  });

  it("names the dashboards that there are", () => {
    const [provider] = yaml("dashboards/building-vitals.yaml").providers ?? [];
    expect(provider).toMatchObject({ type: "file", options: { path: expect.stringMatching(/^\//) } });
    const named = read("provisioning/dashboards/building-vitals.yaml").match(/\w+\.json/g);
    expect(named?.sort()).toEqual(
      globSync(join(GRAFANA, "*.json"))
        .map((path) => basename(path))
        .sort(),
    );
  });
});
