/** 700 days of 1 % are 7, and not 8 because of the last bit of a double. */
const EPSILON = 1e-9;

/**
 * So many percent of `all`, rounded up, in their order and spread evenly over it; the first is always among them. The
 * same ones whenever it is asked: a fault that a sample has found is found again.
 */
export function drawSample<T>(all: readonly T[], percent: number): T[] {
  const wanted = Math.ceil((all.length * percent) / 100 - EPSILON);
  return all.filter(
    (_, index) => drawnBefore(index, wanted, all.length) < drawnBefore(index + 1, wanted, all.length),
  );
}

const drawnBefore = (index: number, wanted: number, of: number) => Math.ceil((index * wanted) / of);
