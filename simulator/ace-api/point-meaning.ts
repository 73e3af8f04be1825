import { mix, seedOf } from "../chance.ts";

/** What a list of points says of a point besides its name: a pure function of the name, as varied as real lists are. */
export interface PointMeaning {
  readonly id: number;
  readonly kvTags: Readonly<Record<string, string>>;
  readonly markerTags: readonly string[];
  readonly pointType: string | null;
  readonly collectInterval: number;
  readonly bacnet: Readonly<Record<string, unknown>> | null;
}

export function meaningOf(name: string): PointMeaning {
  const seed = seedOf(name, 0);
  const bacnet = /\/(\d+):(\d+)-(\d+)\/([a-zA-Z]+)\/(.*)$/.exec(name);
  const quantity = quantityOf(name, bacnet?.[4], seed);
  const unit = `VAV_${100 + (seed % 900)}`;
  return {
    // Of the name alone: a point has the same id in both lists, and in lists that others have left.
    id: 100_000 + (mix(seed, 3) % 900_000_000),
    kvTags: seed % 3 === 0 ? { equip: unit, floor: String(seed % 7) } : {},
    markerTags: seed % 4 === 0 ? ["sensor", "point", ...quantity.tags] : [],
    pointType: bacnet ? "bacnet" : null,
    collectInterval: seed % 2 === 0 ? 300 : 60,
    bacnet: bacnet ? bacnetData(bacnet, quantity, unit, seed) : null,
  };
}

/** What a point measures. */
interface Quantity {
  readonly units: string | null;
  readonly objectName: string;
  readonly description: string;
  readonly tags: readonly string[];
}

const quantity = (
  units: string | null,
  objectName: string,
  description: string,
  ...tags: string[]
): Quantity => {
  return { units, objectName, description, tags };
};

const ZONE_TEMPERATURE = quantity("degreesFahrenheit", "ZN-T", "Zone temperature", "zone", "temp");
const ANALOG: readonly Quantity[] = [
  ZONE_TEMPERATURE,
  quantity("degreesFahrenheit", "DA-T", "Discharge air temperature", "discharge", "air", "temp"),
  quantity("percent", "DPR-C", "Damper command", "damper", "cmd"),
  quantity("percentRelativeHumidity", "ZN-H", "Zone humidity", "zone", "humidity"),
  quantity("cubicFeetPerMinute", "SA-F", "Supply air flow", "air", "flow"),
  quantity("inchesOfWater", "DA-P", "Duct static pressure", "air", "pressure"),
  quantity("partsPerMillion", "ZN-Q", "CO₂ in the zone", "zone", "co2"),
];
const QUANTITIES: Readonly<Record<string, readonly Quantity[]>> = {
  analogInput: ANALOG,
  analogValue: [
    quantity("degreesFahrenheit", "ZN-SP", "Zone temperature setpoint", "zone", "temp", "sp"),
    quantity("percent", "HTG-C", "Heating command", "heating", "cmd"),
  ],
  analogOutput: [quantity("percent", "CLG-O", "Chilled water valve", "chilled", "water", "valve")],
  binaryInput: [quantity("noUnits", "SF-S", "Supply fan status", "fan", "run")],
  accumulator: [quantity("kilowattHours", "KWH", "Energy since installation", "elec", "energy")],
  multiStateValue: [quantity("noUnits", "PMP-M", "Pump mode", "pump", "mode")],
};

function quantityOf(name: string, objectType: string | undefined, seed: number): Quantity {
  if (name.includes("Zone Temp")) return ZONE_TEMPERATURE;
  const choices = QUANTITIES[objectType ?? ""] ?? ANALOG;
  return choices[mix(seed, 2) % choices.length] ?? ZONE_TEMPERATURE;
}

function bacnetData(
  [, network, address, device, type, index]: RegExpExecArray,
  { units, objectName, description }: Quantity,
  unit: string,
  seed: number,
) {
  return {
    device_address: `${network}:${address}`,
    device_id: Number(device),
    device_name: `AHU-${Number(device) % 40}`,
    object_type: type ?? null,
    object_index: Number.isNaN(Number(index)) ? mix(seed, 1) % 4000 : Number(index),
    object_name: `${unit}.${objectName}`,
    // Nobody has described every point, nor given it a unit.
    object_description: seed % 6 === 0 ? "" : `${description} ${unit.replace("_", " ")}`,
    object_units: seed % 5 === 0 ? null : units,
    present_value: ((seed % 1000) / 10).toFixed(1),
    scrape_enabled: false,
    scrape_interval: 0,
    raw_properties: {},
  };
}
