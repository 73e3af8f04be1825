/** Days where the ticks are days apart, else the time as finely as they differ, with the day where it begins. */
export function timeLabels(ticks: readonly number[]): string[] {
  const stepS = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  const end = stepS >= 60 || ticks.length < 2 ? 16 : stepS >= 1 ? 19 : 23;
  return ticks.map((seconds, index) => {
    const text = new Date(Math.round(seconds * 1_000)).toISOString();
    const [day, time] = [text.slice(0, 10), text.slice(11, end)];
    if (/^[0:.]*$/.test(time)) return day;
    return index === 0 ? `${time}\n${day}` : time;
  });
}
