/** From the API into hot storage: the list of points, and windows. */
export { HotNumbers } from "./hot-numbers.ts";
export { loadPoints } from "./load-points.ts";
export { performRead } from "./perform-read.ts";
export { readWeather } from "./read-weather.ts";
