/** A strict parser of Prometheus' text format, written from the description of the format. */

export interface ParsedFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

/** Throws a SyntaxError for an invalid line or a line out of place. */
export function parseExposition(text: string): Map<string, ParsedFamily> {
  const families = new Map<string, ParsedFamily>();
  if (text === "" || !text.endsWith("\n")) throw new SyntaxError("the last line has no end");
  const lines = text.slice(0, -1).split("\n");
  let current: string | undefined;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (help) {
      const [, name = "", words = ""] = help;
      const [, type] = new RegExp(`^# TYPE ${name} (counter|gauge)$`).exec(lines[++index] ?? "") ?? [];
      if (!type || families.has(name)) throw new SyntaxError(`HELP and TYPE of ${name}, once: ${line}`);
      families.set(name, { type, help: withoutEscapes(words, "\\n"), samples: [] });
      current = name;
      continue;
    }
    const sample = readSample(line);
    const family = families.get(current ?? "");
    if (sample.name !== current || !family) throw new SyntaxError(`out of its family: ${line}`);
    const series = JSON.stringify(Object.entries(sample.labels).sort());
    if (family.samples.some(({ labels }) => JSON.stringify(Object.entries(labels).sort()) === series))
      throw new SyntaxError(`a series twice: ${line}`);
    family.samples.push(sample);
  }
  for (const [name, { type, samples }] of families) {
    if ((type === "counter") !== name.endsWith("_total")) throw new SyntaxError(`${name} is no ${type}`);
    if (type === "counter" && samples.some(({ value }) => !(value >= 0 && Number.isFinite(value))))
      throw new SyntaxError(`${name} counts nothing`);
  }
  return families;
}

function readSample(line: string) {
  const [, name = "", , inside = "", number = ""] =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(.*)\})? (\S+)$/.exec(line) ?? [];
  const value = { NaN: Number.NaN, "+Inf": Infinity, "-Inf": -Infinity }[number] ?? Number(number);
  if (name === "" || (Number.isNaN(value) && number !== "NaN") || number === "Infinity")
    throw new SyntaxError(`no sample: ${line}`);
  return { name, labels: readLabels(inside, line), value };
}

/** Reads one label after the other: a quoted value may contain commas and braces. */
function readLabels(inside: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = inside; rest !== ""; ) {
    const [whole = "", name = "", value = ""] =
      /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\.)*)"(?:,(?=.)|$)/.exec(rest) ?? [];
    if (whole === "" || name in labels) throw new SyntaxError(`no labels: ${line}`);
    labels[name] = withoutEscapes(value, '\\n"');
    rest = rest.slice(whole.length);
  }
  return labels;
}

function withoutEscapes(text: string, known: string): string {
  return text.replace(/\\(.?)/g, (_, char: string) => {
    if (char === "" || !known.includes(char)) throw new SyntaxError(`\\${char} is no escape: ${text}`);
    return char === "n" ? "\n" : char;
  });
}
