import { expect, test } from "vitest";
import { parseWeather } from "./weather.ts";

const bytes = (body: unknown) => new TextEncoder().encode(JSON.stringify(body));

test("the usable readings are found, in order of their names, with the rules of any sample", () => {
  const weather = {
    temp: { name: "ses/x/weather/temp", value: "61.25", time: "2026-08-07T16:25:00" },
    clouds: { name: null, value: null, time: null },
    humidity: { value: 40, time: "2026-08-07T16:20:00.123456Z" },
    pressure: { value: "72abc", time: "2026-08-07T16:20:00" },
    wind_speed: { value: "3", time: "yesterday" },
    wind_deg: "north",
  };
  expect(parseWeather(bytes({ weather }))).toEqual([
    { name: "weather.humidity", ms: Date.parse("2026-08-07T16:20:00.123Z"), value: 40 },
    { name: "weather.temp", ms: Date.parse("2026-08-07T16:25:00Z"), value: 61.25 },
  ]);
});

test("a site without weather has none, and another form is a fault", () => {
  const none = { name: null, value: null, time: null };
  expect(parseWeather(bytes({ weather: { temp: none } }))).toEqual([]);
  for (const body of [{}, { weather: null }, { weather: [] }, { weather: "mild" }])
    expect(() => parseWeather(bytes(body))).toThrow(/weather/);
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, field) => [`f${field}`, none]));
  expect(() => parseWeather(bytes({ weather: many }))).toThrow(/too many fields/);
});
