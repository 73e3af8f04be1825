import type { SiteName } from "../../src/domain/site.ts";

/** How a point's values change over time. */
export type Signal =
  | "tenths"
  | "setpoint"
  | "float32"
  | "binary"
  | "counter"
  | "hundredths"
  | "zone"
  | "damper"
  | "following"
  | "power"
  | "outdoor";

export interface NamedPoint {
  readonly name: string;
  readonly signal: Signal;
}

/** Each family is a tenth of a building's points. Like real names they have slashes, dots, blanks and colons. */
const FAMILIES: readonly { signal: Signal; path: (n: number) => string }[] = [
  { signal: "tenths", path: (n) => `8000:33-8033/analogInput/${100 + n}` },
  { signal: "setpoint", path: (n) => `8000:33-8033/analogValue/${100 + n}` },
  { signal: "float32", path: (n) => `8000:41-8041/analogInput/${100 + n}` },
  { signal: "binary", path: (n) => `8000:33-8033/binaryInput/${100 + n}` },
  { signal: "counter", path: (n) => `8000:${34 + (n % 7)}-${8034 + (n % 7)}/accumulator/${1 + n}` },
  { signal: "hundredths", path: (n) => `8000:52-8052/multiStateValue/Pump ${1 + n}` },
  { signal: "zone", path: (n) => `8000:60-8060/analogInput/Zone Temp ${100 + n}` },
  {
    signal: "damper",
    path: (n) => `192.168.96.3/n4/FallsCity_CMC/C.Drivers.LonNetwork3.VAV_${100 + n}.points.Damper`,
  },
  { signal: "following", path: (n) => `8000:33-8033/analogOutput/${100 + n}` },
  { signal: "power", path: (n) => `192.168.96.${4 + (n % 9)}/modbus/Meter ${1 + n}/kW` },
];

const WEATHER: readonly NamedPoint[] = [
  { name: "weather/temp", signal: "outdoor" },
  { name: "weather/feels_like", signal: "outdoor" },
  { name: "weather/humidity", signal: "damper" },
  { name: "weather/wind_speed", signal: "tenths" },
];
/** Smaller sites are for tests that count points; they get no weather points. */
const WEATHER_FROM_POINTS = 40;

/** The first `count` points of a site, all distinct. */
export function namePoints(site: SiteName, count: number): NamedPoint[] {
  const weather = count >= WEATHER_FROM_POINTS ? WEATHER : [];
  return Array.from({ length: count }, (_, index) => {
    const inside = weather[index] ?? familyPoint(index - weather.length);
    return { name: `ses/${site}/${inside.name}`, signal: inside.signal };
  });
}

/** The length of every name of `namePointsLong`. */
export const LONG_NAME_CHARS = 90;
const QUANTITIES = ["ZoneTemp", "DamperPosition", "SupplyAirTemp", "AirFlow", "ValveCommand", "Humidity"];
const LONG_PATH =
  "192.168.96.3/n4/Campus_Building_Automation/C.Drivers.BacnetNetwork.Floor_2.AirHandling_East";

/** The first `count` points of a site with names as long paths, which have most of their characters in common. */
export function namePointsLong(site: SiteName, count: number): NamedPoint[] {
  const start = `ses/${site}/`;
  return Array.from({ length: count }, (_, index) => {
    const device = String(Math.floor(index / QUANTITIES.length)).padStart(5, "0");
    const end = `.VAV_${device}.points.${QUANTITIES[index % QUANTITIES.length]}`;
    const length = LONG_NAME_CHARS - start.length - end.length;
    if (length < 0) throw new RangeError(`${site} is too long for names of ${LONG_NAME_CHARS} characters`);
    return { name: `${start}${LONG_PATH.slice(0, length)}${end}`, signal: "float32" };
  });
}

function familyPoint(index: number): NamedPoint {
  const family = FAMILIES[index % FAMILIES.length];
  if (!family) throw new RangeError(`no point ${index}`);
  return { name: family.path(Math.floor(index / FAMILIES.length)), signal: family.signal };
}
