import { describe, expect, it } from "vitest";
import { parseConfig } from "./config.ts";

const REQUIRED = { ACE_API_BASE: "https://flightdeck.aceiot.cloud/api", SITE_NAME: "ses_falls_city" };

function configOf(env: Record<string, unknown>) {
  const result = parseConfig({ ...REQUIRED, ...env });
  if (!result.ok) throw new Error(result.faults.join("\n"));
  return result.config;
}

function faultsOf(env: Record<string, unknown>): readonly string[] {
  const result = parseConfig({ ...REQUIRED, ...env });
  return result.ok ? [] : result.faults;
}

describe("the configuration", () => {
  it("has the documented defaults where nothing optional is set", () => {
    expect(configOf({})).toEqual({
      aceApiBase: "https://flightdeck.aceiot.cloud/api",
      sites: ["ses_falls_city"],
      maxDaysPerRequest: 10,
      processTimeoutMs: 60_000,
      aceTimeoutMs: 30_000,
      requestsPerMinute: 50,
      pageSize: 50_000,
      maxRetries: 3,
      retryBaseDelayMs: 2_000,
      rowGroupSize: 10_000,
      points: "configured",
      valueWords: new Map(),
      allowedOrigins: [],
      alertStuckHours: 2,
      alertFailedPercent: 10,
      alertUploadFailures: 5,
      alertRateLimitsPerHour: 10,
      alertWebhookUrl: null,
    });
  });

  it("treats an empty optional variable as unset", () => {
    expect(configOf({ PAGE_SIZE: "", MAX_RETRIES: "  ", ALLOWED_ORIGINS: "" })).toEqual(configOf({}));
  });

  it("reads every variable and trims it", () => {
    expect(
      configOf({
        SITE_NAME: " ses_falls_city , building_a",
        MAX_DAYS_PER_REQUEST: "5",
        PROCESS_TIMEOUT_MS: "1000",
        ACE_TIMEOUT_MS: " 100 ",
        REQUESTS_PER_MINUTE: "60000",
        PAGE_SIZE: "1000",
        MAX_RETRIES: "0",
        RETRY_BASE_DELAY_MS: "0",
        ROW_GROUP_SIZE: "100000",
        POINTS: " all",
        VALUE_WORDS: "Occupied=1, Unoccupied = 0 ,Geöffnet=-2.5e1",
        ALLOWED_ORIGINS: "https://app.example.com, http://localhost:8080",
        ALERT_STUCK_HOURS: "720",
        ALERT_FAILED_PERCENT: "0",
        ALERT_UPLOAD_FAILURES: "0",
        ALERT_RATE_LIMITS_PER_HOUR: "299",
        ALERT_WEBHOOK_URL: " https://hooks.test/T0/s3cret\n",
      }),
    ).toEqual({
      aceApiBase: "https://flightdeck.aceiot.cloud/api",
      sites: ["ses_falls_city", "building_a"],
      maxDaysPerRequest: 5,
      processTimeoutMs: 1000,
      aceTimeoutMs: 100,
      requestsPerMinute: 60_000,
      pageSize: 1000,
      maxRetries: 0,
      retryBaseDelayMs: 0,
      rowGroupSize: 100_000,
      points: "all",
      valueWords: new Map([
        ["occupied", 1],
        ["unoccupied", 0],
        ["geöffnet", -25],
      ]),
      allowedOrigins: ["https://app.example.com", "http://localhost:8080"],
      alertStuckHours: 720,
      alertFailedPercent: 0,
      alertUploadFailures: 0,
      alertRateLimitsPerHour: 299,
      alertWebhookUrl: "https://hooks.test/T0/s3cret",
    });
  });

  it("names every fault at once, with variable and value", () => {
    const faults = faultsOf({
      ACE_API_BASE: "ftp://x",
      SITE_NAME: "a,../b,a",
      PAGE_SIZE: "777",
      MAX_RETRIES: "21",
      ALLOWED_ORIGINS: "*",
    });
    expect(faults).toHaveLength(6);
    for (const [index, part] of ["ftp://x", '"../b"', '"a" twice', '"21"', '"777"', '"*"'].entries()) {
      expect(
        faults.some((fault) => fault.includes(part)),
        `${index} ${part}`,
      ).toBe(true);
    }
    expect(faults.join()).toContain("one of 3, 10, 50, 100, 500, 1000, 5000, 10000, 50000, 100000");
    expect(faults.join()).toContain("a whole number from 0 to 20");
  });

  it("names the required variables that are missing", () => {
    const faults = faultsOf({ ACE_API_BASE: undefined, SITE_NAME: " " });
    expect(faults[0]).toMatch(/^ACE_API_BASE is not set/);
    expect(faults[1]).toMatch(/^SITE_NAME is not set/);
  });

  it.each(["1e3", "0x10", "5.0", "-1", "+5", "٣", "five", "99999999999"])(
    "rejects %s for a whole number",
    (text) => {
      expect(faultsOf({ MAX_DAYS_PER_REQUEST: text })).toEqual([
        `MAX_DAYS_PER_REQUEST is "${text}"; it must be a whole number from 1 to 1000`,
      ]);
    },
  );

  it("rejects a variable that is no string", () => {
    expect(faultsOf({ MAX_RETRIES: 3 })).toEqual(["MAX_RETRIES is a number; it must be a string, in quotes"]);
  });

  it.each(["a,,b", "a,", "a b", "a/b", "a.b", "é", "x".repeat(101)])("rejects the sites %s", (text) => {
    expect(faultsOf({ SITE_NAME: text })).toHaveLength(1);
  });

  it("rejects more sites than the Coordinator can check", () => {
    const many = Array.from({ length: 101 }, (_, index) => `site_${index}`).join(",");
    expect(faultsOf({ SITE_NAME: many })).toEqual(["SITE_NAME holds 101 sites; at most 100 are allowed"]);
  });

  it.each(["https:x.test", "https:\\\\x.test", "https:///x.test", "https://x.te\nst"])(
    "rejects the API's base %j, which a URL parser would repair",
    (text) => {
      expect(faultsOf({ ACE_API_BASE: text })).toHaveLength(1);
    },
  );

  it("does not show a secret that was put into a variable", () => {
    for (const name of ["ACE_API_BASE", "SITE_NAME", "PAGE_SIZE", "MAX_RETRIES", "ALLOWED_ORIGINS"]) {
      const [fault = ""] = faultsOf({ [name]: "hunter,2!", ACE_API_KEY: "hunter,2!\n" });
      expect(fault).toContain(name);
      expect(fault).toContain('"***"');
    }
  });

  it("does not show the webhook's address, in its own fault or in another variable's", () => {
    for (const name of ["ALERT_WEBHOOK_URL", "ALLOWED_ORIGINS", "ACE_API_BASE"]) {
      const faults = faultsOf({
        ALERT_WEBHOOK_URL: "http://x.test/s3cret#",
        [name]: "http://x.test/s3cret#",
      });
      expect(faults.map((fault) => fault.split(" ")[0])).toContain(name);
      expect(faults.join()).not.toMatch(/x\.test|s3cret/);
    }
  });

  it("rejects row groups so small that their footer would not fit into memory", () => {
    expect(faultsOf({ ROW_GROUP_SIZE: "999" })).toEqual([
      'ROW_GROUP_SIZE is "999"; it must be a whole number from 1000 to 100000',
    ]);
  });

  it("tolerates a slash at the end of the API's base, and a path", () => {
    expect(configOf({ ACE_API_BASE: "http://127.0.0.1:8080/" }).aceApiBase).toBe("http://127.0.0.1:8080");
    expect(configOf({ ACE_API_BASE: "https://x.test/api//" }).aceApiBase).toBe("https://x.test/api");
  });

  it.each([
    "https://x.test/api?key=hunter2",
    "https://u:hunter2@x.test",
    "https://x.test/#hunter2",
    // A parser ends the address at these characters; the credentials before them are still credentials.
    "https://u:hunter2?@x.test",
    "https://u:hunter2#@x.test",
  ])("rejects %s and does not show a possible secret", (text) => {
    const faults = faultsOf({ ACE_API_BASE: text });
    expect(faults).toHaveLength(1);
    expect(faults[0]).not.toContain("hunter2");
  });

  it.each([
    "https://*.example.com",
    "https://app.example.com/",
    "https://App.example.com",
    "https://app.example.com:443",
    "app.example.com",
    "null",
    "ftp://x.test",
    "https://a.test,",
  ])("rejects the origin %s, which no browser would send", (text) => {
    expect(faultsOf({ ALLOWED_ORIGINS: text })).toHaveLength(1);
  });
});
