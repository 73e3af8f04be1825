import { describe, expect, it } from "vitest";
import { type EtlConfig, etlWarnings, parseEtlConfig, sitesWithinPromise } from "./etl-config.ts";

const REQUIRED = { ACE_API_BASE: "https://flightdeck.aceiot.cloud/api", SITE_NAME: "ses_falls_city" };

function configOf(env: Record<string, unknown> = {}): EtlConfig {
  const result = parseEtlConfig({ ...REQUIRED, ...env });
  if (!result.ok) throw new Error(result.faults.join("\n"));
  return result.config;
}

function faultsOf(env: Record<string, unknown>): readonly string[] {
  const result = parseEtlConfig({ ...REQUIRED, ...env });
  return result.ok ? [] : result.faults;
}

const sites = (count: number) => Array.from({ length: count }, (_, index) => `site_${index}`).join(",");

describe("the configuration of the ETL Sync Worker", () => {
  it("has the documented defaults where nothing optional is set", () => {
    expect(configOf({ HOT_DAYS: "", SYNC_WEATHER: " " })).toEqual({
      aceApiBase: "https://flightdeck.aceiot.cloud/api",
      sites: ["ses_falls_city"],
      hotDays: 20,
      firstSyncHours: 24,
      archiveAfterHours: 6,
      syncWeather: false,
      points: "configured",
      valueWords: new Map(),
      aceTimeoutMs: 30_000,
      maxRetries: 3,
      retryBaseDelayMs: 2_000,
      pageSize: 50_000,
      requestsPerMinute: 50,
      allowedOrigins: [],
      alertWebhookUrl: null,
    });
  });

  it("reads every variable and trims it", () => {
    const config = configOf({
      SITE_NAME: " a , b",
      HOT_DAYS: " 30\n",
      FIRST_SYNC_HOURS: "720",
      ARCHIVE_AFTER_HOURS: "1",
      SYNC_WEATHER: " true",
      POINTS: "all",
      VALUE_WORDS: "Occupied=1",
      PAGE_SIZE: "10000",
      REQUESTS_PER_MINUTE: "60",
      ALLOWED_ORIGINS: "https://app.example.com",
      ALERT_WEBHOOK_URL: " https://hooks.test/T0/s3cret\n",
    });
    expect(config).toMatchObject({
      sites: ["a", "b"],
      hotDays: 30,
      firstSyncHours: 720,
      archiveAfterHours: 1,
      syncWeather: true,
      points: "all",
      valueWords: new Map([["occupied", 1]]),
      pageSize: 10_000,
      requestsPerMinute: 60,
      allowedOrigins: ["https://app.example.com"],
      alertWebhookUrl: "https://hooks.test/T0/s3cret",
    });
  });

  it("names every fault at once, also those between variables", () => {
    const faults = faultsOf({
      ACE_API_BASE: "ftp://x",
      SITE_NAME: undefined,
      HOT_DAYS: "2",
      FIRST_SYNC_HOURS: "49",
      ARCHIVE_AFTER_HOURS: "100",
      SYNC_WEATHER: "yes",
    });
    expect(faults).toEqual([
      expect.stringMatching(/^ACE_API_BASE is "ftp:\/\/x"/),
      expect.stringMatching(/^SITE_NAME is not set/),
      'SYNC_WEATHER is "yes"; it must be false or true',
      'FIRST_SYNC_HOURS is "49"; it must be at most 48, the hours of HOT_DAYS',
      'ARCHIVE_AFTER_HOURS is "100"; it must be at most 48, the hours of HOT_DAYS',
    ]);
  });

  it("allows a first sync of all hot days, and names a fault once where HOT_DAYS is none", () => {
    expect(configOf({ FIRST_SYNC_HOURS: "480" }).firstSyncHours).toBe(480);
    expect(faultsOf({ HOT_DAYS: "0", FIRST_SYNC_HOURS: "480" })).toEqual([
      'HOT_DAYS is "0"; it must be a whole number from 1 to 366',
    ]);
    expect(faultsOf({ FIRST_SYNC_HOURS: "1e3" })).toEqual([
      'FIRST_SYNC_HOURS is "1e3"; it must be a whole number from 1 to 8784',
    ]);
  });

  it("shows neither secret nor webhook where one was put into a variable", () => {
    for (const secret of ["ETL_API_KEY", "ACE_API_KEY", "ALERT_WEBHOOK_URL"]) {
      const faults = faultsOf({ [secret]: "hunter2!", HOT_DAYS: "hunter2!", ALLOWED_ORIGINS: "hunter2!" });
      expect(faults.length).toBeGreaterThan(1);
      expect(faults.join()).not.toContain("hunter2");
    }
  });
});

describe("the warnings of the configuration", () => {
  it("say nothing of 25 sites at 50 requests a minute, and name the bound from 26 on", () => {
    expect(etlWarnings(configOf({ SITE_NAME: sites(25) }))).toEqual([]);
    expect(etlWarnings(configOf({ SITE_NAME: sites(26) }))).toEqual([
      "26 sites are configured: at 50 requests a minute, samples are in hot storage within 6 minutes for up to 25 sites. See lag_seconds of each site",
    ]);
  });

  it("follow the requests a minute, and hold for a single site at any rate", () => {
    expect([1, 2, 10, 50, 100].map(sitesWithinPromise)).toEqual([1, 1, 5, 25, 50]);
    expect(etlWarnings(configOf({ REQUESTS_PER_MINUTE: "1" }))).toEqual([]);
  });
});
