/** Points of the weather at a site have names that begin with this. */
export const WEATHER_PREFIX = "weather.";
