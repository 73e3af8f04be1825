import { expect, it } from "vitest";
import { nearNames } from "./near-names.ts";

const NAMES = [
  "ses/site_a/weather/temp",
  "ses/site_a/weather/feels_like",
  "ses/site_a/weather/humidity",
  "ses/site_a/8000:60-8060/analogInput/Zone Temp 100",
  "ses/site_a/8000:60-8060/analogInput/Zone Temp 101",
  "ses/site_a/8000:60-8060/analogInput/Zone Temp 102",
  "ses/site_a/8000:60-8060/analogInput/Zone Temp 103",
];

it("finds a name with a typing error, or in other case", () => {
  expect(nearNames("ses/site_a/weather/tmp", NAMES)).toEqual(["ses/site_a/weather/temp"]);
  expect(nearNames("ses/site_a/weather/humdity", NAMES)).toEqual(["ses/site_a/weather/humidity"]);
  expect(nearNames("SES/site_a/Weather/Feels_Like", NAMES)).toEqual(["ses/site_a/weather/feels_like"]);
});

it("finds a name of which only a part was typed, the shortest first", () => {
  expect(nearNames("weather/temp", NAMES)).toEqual(["ses/site_a/weather/temp"]);
  expect(nearNames("temp", NAMES)[0]).toBe("ses/site_a/weather/temp");
  expect(nearNames("te", NAMES)).toEqual([]);
});

it("finds a name with another beginning by its last part", () => {
  expect(nearNames("ses/another_site/humidity", NAMES)).toEqual(["ses/site_a/weather/humidity"]);
});

it("suggests at most three names, the nearest first", () => {
  expect(nearNames("ses/site_a/8000:60-8060/analogInput/Zone Tmp 102", NAMES)).toEqual([
    "ses/site_a/8000:60-8060/analogInput/Zone Temp 102",
    "ses/site_a/8000:60-8060/analogInput/Zone Temp 100",
    "ses/site_a/8000:60-8060/analogInput/Zone Temp 101",
  ]);
});

it("suggests nothing for a name that is like no other, though all share their beginning", () => {
  expect(nearNames("ses/site_a/weather/rain", NAMES)).toEqual([]);
  expect(nearNames("anything", [])).toEqual([]);
});
