/** Prometheus' rules for metrics, for every Worker's exposition. */
import { spawnSync } from "node:child_process";
import { expect } from "vitest";
import { type ParsedFamily, parseExposition } from "./parse-exposition.ts";

/** Units that are no base units, as promtool finds them between underscores. */
const OTHER_UNITS =
  /^(?:(?:milli|micro|nano)?seconds?|minutes|hours|days|weeks|(?:kilo|mega|giga|kibi|mebi|gibi)?bytes|bits|percent|celsius|kelvins)$/;
const BASE_UNITS = ["seconds", "bytes"];

/** A response to a scrape: its text, its families, and the value of the sample that has exactly these labels. */
export async function scrapeOf(response: Response) {
  expect(response.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  const families = parseExposition(text);
  const value = (name: string, labels: Record<string, string> = {}) => {
    const wanted = JSON.stringify(labels);
    return families.get(name)?.samples.find((sample) => JSON.stringify(sample.labels) === wanted)?.value;
  };
  return { text, families, value };
}

/** Base units, snake case after `prefix`, _total for counters alone, no type in the name, and a help. */
export function expectMetricRules(families: ReadonlyMap<string, ParsedFamily>, prefix: string): void {
  for (const [name, { type, help }] of families) {
    const parts = name.split("_");
    const [last = ""] = parts.slice(-1);
    expect(name).toMatch(new RegExp(`^${prefix}(_[a-z]+)+$`));
    expect(
      parts.filter((part) => OTHER_UNITS.test(part) && !BASE_UNITS.includes(part)),
      name,
    ).toEqual([]);
    expect(last === "total", name).toBe(type === "counter");
    expect(
      ["count", "sum", "bucket", "gauge", "counter"].filter((word) => parts.includes(word)),
      name,
    ).toEqual([]);
    expect(help, name).not.toBe("");
  }
}

/** Whether promtool is installed; says so once where it is not. */
export function hasPromtool(): boolean {
  const found = spawnSync("promtool", ["--version"]).status === 0;
  if (!found) {
    console.warn(
      "SKIPPED: promtool is not installed (Debian package prometheus); only the naming rules are checked",
    );
  }
  return found;
}

/** What `promtool check metrics` says of an exposition: exit code, output and errors. */
export function promtoolCheck(text: string): [number | null, string, string] {
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
    input: text,
    encoding: "utf8",
  });
  return [status, stdout, stderr];
}
