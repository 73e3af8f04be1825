/**
 * The order of one point's samples: by time, then by value with -0 below +0. It is total on the bits that
 * reach the file, so whatever is sorted by it no longer tells in which order it arrived.
 */

/** Sorts rows [from, to) of the two columns in place. */
export function sortByTime(time: Float64Array, value: Float64Array, from: number, to: number): void {
  // The vendor sends each point in ascending time: nearly always this look is the whole sort.
  if (isOrdered(time, value, from, to)) return;
  const order = new Uint32Array(to - from);
  for (let i = 0; i < order.length; i++) order[i] = from + i;
  order.sort((a, b) => compareRows(time, value, a, b));
  const sortedTime = Float64Array.from(order, (row) => time[row] as number);
  const sortedValue = Float64Array.from(order, (row) => value[row] as number);
  time.set(sortedTime, from);
  value.set(sortedValue, from);
}

function isOrdered(time: Float64Array, value: Float64Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) {
    if ((time[i] as number) > (time[i - 1] as number)) continue;
    if (compareRows(time, value, i - 1, i) > 0) return false;
  }
  return true;
}

function compareRows(time: Float64Array, value: Float64Array, a: number, b: number): number {
  const timeA = time[a] as number;
  const timeB = time[b] as number;
  return timeA === timeB ? compareValues(value[a] as number, value[b] as number) : timeA - timeB;
}

/** Orders finite doubles, -0 below +0. A plain subtraction would overflow between the extremes. */
export function compareValues(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
}
