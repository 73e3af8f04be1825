import type { ResponseDescriptions } from "./service.ts";

/** Prometheus' text format, https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export interface MetricFamily {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export const gauge = (name: string, help: string, samples: readonly MetricSample[]): MetricFamily => ({
  name,
  type: "gauge",
  help,
  samples,
});

/** What documents a route of metrics. */
export const SCRAPE = {
  summary: "Metrics for Prometheus; a scrape sends no request to the ACE API",
  responses: {
    200: { description: "Prometheus' text format, version 0.0.4", mediaTypes: ["text/plain"] },
  } satisfies ResponseDescriptions,
} as const;

export function scrapeResponse(families: readonly MetricFamily[]): Response {
  return new Response(exposition(families), { headers: { "Content-Type": EXPOSITION_TYPE } });
}

/**
 * The text of a scrape; families without samples are left out. Written here because Prometheus' client library counts in
 * the memory of a process, while these counts are in the ledgers; this writer is the only part that would be used.
 */
export function exposition(families: readonly MetricFamily[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const lines = samples.map(({ labels = {}, value }) => `${name}${labelsOf(labels)} ${numberOf(value)}`);
      return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
    })
    .join("");
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const escaped = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");

/** A number in Go's notation, which the format uses: infinity is "+Inf" and "-Inf". */
function numberOf(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}
