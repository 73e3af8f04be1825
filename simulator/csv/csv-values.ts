interface Value {
  readonly line: number;
  readonly value: string;
}

interface Values {
  readonly texts: readonly string[];
  readonly hasDecimalCommas: boolean;
}

const NUMBER_WITH_COMMA = /^[+-]?[\d.]*,[\d.,]*(?:e[+-]?\d+)?$/i;
const DECIMAL_COMMA = /^[+-]?\d*,\d+(?:e[+-]?\d+)?$/i;
const DECIMAL_POINT = /^[+-]?\d*\.\d+(?:e[+-]?\d+)?$/i;
const MAY_BE_THOUSANDS = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/**
 * The values of a file as text, decimal commas as points, or what is wrong. A comma is a decimal comma only where no value
 * has a decimal point, and where at least one value can't be a number with thousands separators.
 */
export function readValues(
  values: readonly Value[],
): Values | { readonly line: number; readonly problem: string } {
  const withComma = values.filter(({ value }) => NUMBER_WITH_COMMA.test(value));
  const [first] = withComma;
  if (!first) return { texts: values.map(({ value }) => value), hasDecimalCommas: false };
  const wrong = withComma.find(({ value }) => !DECIMAL_COMMA.test(value));
  if (wrong)
    return {
      line: wrong.line,
      problem: `"${wrong.value}" has thousands separators; write numbers without them`,
    };
  const point = values.find(({ value }) => DECIMAL_POINT.test(value));
  if (point) {
    const problem = `"${first.value}" has a comma, but "${point.value}" of line ${point.line} has a decimal point`;
    return { line: first.line, problem };
  }
  if (withComma.every(({ value }) => MAY_BE_THOUSANDS.test(value))) {
    const problem = `"${first.value}" may have a decimal comma or a thousands separator; write it with a decimal point or without the comma`;
    return { line: first.line, problem };
  }
  const texts = values.map(({ value }) => (DECIMAL_COMMA.test(value) ? value.replace(",", ".") : value));
  return { texts, hasDecimalCommas: true };
}
