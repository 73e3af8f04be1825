/** Variables of any shape, each with what an independent parser makes of it. */
import fc from "fast-check";

/** A value of a variable; `parsed` is absent where it is not allowed. */
export interface VariableCase {
  readonly value: unknown;
  readonly parsed?: unknown;
}

const BOUNDS = {
  MAX_DAYS_PER_REQUEST: [10, 1, 1_000],
  PROCESS_TIMEOUT_MS: [60_000, 1_000, 600_000],
  ACE_TIMEOUT_MS: [30_000, 100, 600_000],
  REQUESTS_PER_MINUTE: [50, 1, 60_000],
  MAX_RETRIES: [3, 0, 20],
  RETRY_BASE_DELAY_MS: [2_000, 0, 60_000],
  ROW_GROUP_SIZE: [10_000, 1_000, 100_000],
  ALERT_STUCK_HOURS: [2, 1, 720],
  ALERT_FAILED_PERCENT: [10, 0, 100],
  ALERT_UPLOAD_FAILURES: [5, 0, 1_000],
  ALERT_RATE_LIMITS_PER_HOUR: [10, 0, 299],
} as const;
const PAGE_SIZES = ["3", "10", "50", "100", "500", "1000", "5000", "10000", "50000", "100000"];

const padded = (text: string) =>
  fc.constantFrom("", " ", "\t", "\n", "\r\n", "\u00a0", "\ufeff").map((space) => space + text + space);

/** Every form of an unset variable. */
const unset = fc.oneof(fc.constantFrom(undefined, null), fc.constantFrom("", " ", "\n"));
/** As JSON in the toml, or a binding under a variable's name, would be. */
const noText = fc
  .oneof(fc.double(), fc.boolean(), fc.bigInt(), fc.object(), fc.array(fc.string()), fc.constant(Symbol("x")))
  .map((value): VariableCase => ({ value }));
const junk = fc.oneof(
  fc.string({ unit: "binary", minLength: 1 }),
  fc.constantFrom("undefined", "null", "NaN", "../..", "a\u0000b", "\ud800", "😀", "'; DROP TABLE day; --"),
);

const isDigits = (text: string) => text !== "" && [...text].every((char) => char >= "0" && char <= "9");

function integer(name: keyof typeof BOUNDS): fc.Arbitrary<VariableCase> {
  const [standard, min, max] = BOUNDS[name];
  const cases = (value: string): VariableCase => {
    const text = value.trim();
    if (text === "") return { value, parsed: standard };
    const allowed = isDigits(text) && text.length <= 9 && Number(text) >= min && Number(text) <= max;
    return allowed ? { value, parsed: Number(text) } : { value };
  };
  const near = fc.constantFrom(min - 1, min, min + 1, max - 1, max, max + 1, 0, -1, 1e9, 1e21).map(String);
  const odd = fc.constantFrom("1e3", "0x1f", "+5", "5.0", "5,000", "5_000", "٥", "007", "Infinity", "5 5");
  const text = fc.oneof(near, odd, junk, fc.integer({ min: 0, max: 2 * max }).map(String)).chain(padded);
  return fc.oneof(
    noText,
    unset.map((value): VariableCase => ({ value, parsed: standard })),
    text.map(cases),
  );
}

const pageSize: fc.Arbitrary<VariableCase> = fc.oneof(
  noText,
  unset.map((value) => ({ value, parsed: 50_000 })),
  fc
    .oneof(fc.constantFrom(...PAGE_SIZES, "0", "4", "500000", "050", "50.0"), junk)
    .chain(padded)
    .map((value) => {
      const text = value.trim();
      if (text === "") return { value, parsed: 50_000 };
      return PAGE_SIZES.includes(text) ? { value, parsed: Number(text) } : { value };
    }),
);

const SITE_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const isSite = (text: string) =>
  text.length >= 1 && text.length <= 100 && [...text].every((char) => SITE_CHARACTERS.includes(char));
const site = fc.string({ unit: fc.constantFrom(...SITE_CHARACTERS), minLength: 1, maxLength: 101 });
const noSite = fc.constantFrom(
  "..",
  ".",
  "a.b",
  "a/b",
  "a\\b",
  "a%2fb",
  "/",
  "a b",
  "é",
  "",
  "__proto__ .",
  "a\nb",
);

const sites: fc.Arbitrary<VariableCase> = fc.oneof(
  noText,
  unset.map((value) => ({ value })),
  fc
    .array(fc.oneof({ weight: 20, arbitrary: site.chain(padded) }, noSite, junk), {
      minLength: 1,
      maxLength: 4,
    })
    .map(sitesCase),
  fc
    .integer({ min: 99, max: 102 })
    .map((count) => sitesCase(Array.from({ length: count }, (_, index) => `s${index}`))),
);

function sitesCase(listed: readonly string[]): VariableCase {
  const value = listed.join(",");
  const names = value.split(",").map((name) => name.trim());
  const allowed = names.every(isSite) && new Set(names).size === names.length && names.length <= 100;
  return allowed ? { value, parsed: names } : { value };
}

const BASES = [
  ["https://flightdeck.aceiot.cloud/api", "https://flightdeck.aceiot.cloud/api"],
  ["http://127.0.0.1:8787", "http://127.0.0.1:8787"],
  ["https://x.test/api//", "https://x.test/api"],
  ["HTTPS://X.test:443/Api/", "https://x.test/Api"],
  ["http://[::1]:80/", "http://[::1]"],
] as const;
const NO_BASES = [
  ..."ftp://x.test file:///etc/passwd javascript:alert(1) data:,x //x.test /api x.test https: https:// https:///x".split(
    " ",
  ),
  ...[
    "https:x.test",
    "https:/x.test",
    "https:\\\\x.test",
    "https://x.test\\api",
    "https://x.te\nst/",
    "https://x test",
  ],
  ...["https://x.test/?a", "https://x.test/#", "https://u@x.test", "https://u:p@x.test", "https://@x.test"],
  ...["https://x.test:99999", "https://[::1", "https://x.test/\u0000", "https://%zz"],
];

const base: fc.Arbitrary<VariableCase> = fc.oneof(
  noText,
  unset.map((value) => ({ value })),
  fc.constantFrom(...BASES).chain(([text, parsed]) => padded(text).map((value) => ({ value, parsed }))),
  fc
    .constantFrom(...NO_BASES)
    .chain(padded)
    .map((value) => ({ value })),
  junk.map((value) => ({ value })),
);

const ORIGINS = [
  "https://a.test",
  "http://localhost:8080",
  "https://b.test:444",
  "http://127.0.0.1",
  "http://[::1]",
];
const NO_ORIGINS = [
  ..."* null https://*.a.test https://a.test/ https://A.test https://a.test:443 http://a.test:80 a.test".split(
    " ",
  ),
  ..."ftp://a.test https://u:p@a.test https://a.test/x https://a.test? https://a.test# http://0x7f.1".split(
    " ",
  ),
];

const origins: fc.Arbitrary<VariableCase> = fc.oneof(
  noText,
  unset.map((value) => ({ value, parsed: [] })),
  fc.subarray(ORIGINS, { minLength: 1 }).map((list) => ({ value: list.join(" , "), parsed: list })),
  fc
    .tuple(fc.subarray(ORIGINS), fc.constantFrom(...NO_ORIGINS))
    .map(([list, wrong]) => ({ value: [...list, wrong].join(",") })),
  junk.filter((text) => text.trim() !== "").map((value) => ({ value })),
);

const HOOKS = [
  ["https://hooks.test/T0/B1/s3cret", "https://hooks.test/T0/B1/s3cret"],
  ["https://hooks.test", "https://hooks.test/"],
  ["HTTPS://Hooks.test:443/a?key=b@c", "https://hooks.test/a?key=b@c"],
  ["http://localhost:9000/x", "http://localhost:9000/x"],
  ["http://127.0.0.1/", "http://127.0.0.1/"],
  ["http://[::1]:80", "http://[::1]/"],
] as const;
const NO_HOOKS = [
  ..."http://hooks.test/x http://localhost.hooks.test http://127.0.0.2 https://u@x.test https://u:p@x.test".split(
    " ",
  ),
  ..."https://x.test/#a ftp://localhost javascript:alert(1) //x.test https: https:///x https:x.test".split(
    " ",
  ),
  ...["https:\\\\x.test", "https://x.te\nst/", "https://x test", "https://x.test:99999", "https://[::1"],
];

const webhook: fc.Arbitrary<VariableCase> = fc.oneof(
  noText,
  unset.map((value) => ({ value, parsed: null })),
  fc.constantFrom(...HOOKS).chain(([text, parsed]) => padded(text).map((value) => ({ value, parsed }))),
  fc
    .constantFrom(...NO_HOOKS)
    .chain(padded)
    .map((value) => ({ value })),
  junk.filter((text) => text.trim() !== "").map((value) => ({ value })),
);

const WORDS = [
  ["Occupied=1", ["occupied", 1]],
  ["unoccupied = -0", ["unoccupied", 0]],
  ["Öffnet=2.5e3", ["öffnet", 2_500]],
  ["0x1F=3", ["0x1f", 3]],
  ["ON=1.0", ["on", 1]],
  ["fault code = .5", ["fault code", 0.5]],
] as const;
const NO_WORDS = [
  "=1",
  "a=",
  "a",
  "a==1",
  "a=1=2",
  "a=on",
  "a=1e999",
  "a=NaN",
  "5=1",
  "-2.5=1",
  "nan=0",
  "-inf=0",
];

const points: fc.Arbitrary<VariableCase> = fc.oneof(
  noText,
  unset.map((value) => ({ value, parsed: "configured" })),
  fc
    .constantFrom("all", "configured")
    .chain((text) => padded(text).map((value) => ({ value, parsed: text }))),
  fc.constantFrom("ALL", "both", "configured,all", "1", "toString").map((value) => ({ value })),
  junk.filter((text) => text.trim() !== "").map((value) => ({ value })),
);

const words: fc.Arbitrary<VariableCase> = fc.oneof(
  noText,
  unset.map((value) => ({ value, parsed: new Map() })),
  fc.subarray([...WORDS], { minLength: 1 }).chain((list) =>
    padded(list.map(([text]) => text).join(" , ")).map((value) => ({
      value,
      parsed: new Map(list.map(([, entry]) => entry)),
    })),
  ),
  fc
    .tuple(
      fc.subarray([...WORDS]),
      fc.constantFrom(...NO_WORDS, "occupied=1,OCCUPIED=2", "True=0", "x".repeat(65)),
    )
    .map(([list, wrong]) => ({ value: [...list.map(([text]) => text), wrong].join(",") })),
  fc
    .integer({ min: 49, max: 52 })
    .map((count) => Array.from({ length: count }, (_, index): [string, number] => [`w${index}`, index]))
    .map((list) => {
      const value = list.map(([word, number]) => `${word}=${number}`).join(",");
      return list.length <= 50 ? { value, parsed: new Map(list) } : { value };
    }),
);

/** Every variable by name, with its field of the configuration. */
export const VARIABLES: Readonly<
  Record<string, { readonly field: string; readonly cases: fc.Arbitrary<VariableCase> }>
> = {
  ACE_API_BASE: { field: "aceApiBase", cases: base },
  SITE_NAME: { field: "sites", cases: sites },
  MAX_DAYS_PER_REQUEST: { field: "maxDaysPerRequest", cases: integer("MAX_DAYS_PER_REQUEST") },
  PROCESS_TIMEOUT_MS: { field: "processTimeoutMs", cases: integer("PROCESS_TIMEOUT_MS") },
  ACE_TIMEOUT_MS: { field: "aceTimeoutMs", cases: integer("ACE_TIMEOUT_MS") },
  REQUESTS_PER_MINUTE: { field: "requestsPerMinute", cases: integer("REQUESTS_PER_MINUTE") },
  PAGE_SIZE: { field: "pageSize", cases: pageSize },
  MAX_RETRIES: { field: "maxRetries", cases: integer("MAX_RETRIES") },
  RETRY_BASE_DELAY_MS: { field: "retryBaseDelayMs", cases: integer("RETRY_BASE_DELAY_MS") },
  ROW_GROUP_SIZE: { field: "rowGroupSize", cases: integer("ROW_GROUP_SIZE") },
  POINTS: { field: "points", cases: points },
  VALUE_WORDS: { field: "valueWords", cases: words },
  ALLOWED_ORIGINS: { field: "allowedOrigins", cases: origins },
  ALERT_STUCK_HOURS: { field: "alertStuckHours", cases: integer("ALERT_STUCK_HOURS") },
  ALERT_FAILED_PERCENT: { field: "alertFailedPercent", cases: integer("ALERT_FAILED_PERCENT") },
  ALERT_UPLOAD_FAILURES: { field: "alertUploadFailures", cases: integer("ALERT_UPLOAD_FAILURES") },
  ALERT_RATE_LIMITS_PER_HOUR: {
    field: "alertRateLimitsPerHour",
    cases: integer("ALERT_RATE_LIMITS_PER_HOUR"),
  },
  ALERT_WEBHOOK_URL: { field: "alertWebhookUrl", cases: webhook },
};
