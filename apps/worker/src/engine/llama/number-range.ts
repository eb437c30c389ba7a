import type { SchemaObject } from './schema-shape.ts';

/** Most digits of a limit, before and after the point together. */
const digitLimit = 16;
const decimalsLimit = 6;
/** Most values that `multipleOf` may leave between the limits: they are written out. */
const multiplesLimit = 1000;

/**
 * The GBNF body of the numbers that the schema's `minimum`, `maximum`, their exclusive forms and `multipleOf` allow, or
 * a subset of them: between limits with decimals every number has that many decimals. null when there is no such
 * number.
 */
export function numberBody(schema: SchemaObject, integer: boolean): string | null {
  const limits = integer ? withinDigits(limitsOf(schema)) : limitsOf(schema);
  const { multipleOf } = schema;
  if (typeof multipleOf === 'number' && !(integer && multipleOf === 1)) return multiples(limits, multipleOf);
  if (limits.least === null && limits.most === null) return integer ? 'integer' : 'number';
  const decimals = integer ? 0 : decimalsOf(limits);
  if (decimals > decimalsLimit) return null;
  const scale = 10 ** decimals;
  const least = limits.least === null ? null : scaled(limits.least, scale, limits.leastExcluded, Math.ceil, 1);
  const most = limits.most === null ? null : scaled(limits.most, scale, limits.mostExcluded, Math.floor, -1);
  const units = unitRange(least, most, decimals);
  if (units === null) return null;
  if (integer || decimals > 0) return units;
  return wholeOrFraction(units, limits);
}

interface Limits {
  readonly least: number | null;
  readonly most: number | null;
  readonly leastExcluded: boolean;
  readonly mostExcluded: boolean;
}

function limitsOf(schema: SchemaObject): Limits {
  const number = (keyword: string): number | null => {
    const value = schema[keyword];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  };
  const [minimum, above] = [number('minimum'), number('exclusiveMinimum')];
  const [maximum, below] = [number('maximum'), number('exclusiveMaximum')];
  const leastExcluded = above !== null && (minimum === null || above >= minimum);
  const mostExcluded = below !== null && (maximum === null || below <= maximum);
  return {
    least: leastExcluded ? above : minimum,
    most: mostExcluded ? below : maximum,
    leastExcluded,
    mostExcluded,
  };
}

/**
 * Limits such as those of 64-bit integers are wider than the limit of digits that applies here anyway. They are
 * dropped.
 */
function withinDigits(limits: Limits): Limits {
  const beyond = 10 ** digitLimit;
  return {
    ...limits,
    least: limits.least !== null && limits.least <= -beyond ? null : limits.least,
    most: limits.most !== null && limits.most >= beyond ? null : limits.most,
  };
}

function scaled(
  limit: number,
  scale: number,
  excluded: boolean,
  round: (value: number) => number,
  inwards: 1 | -1,
): number {
  const exact = Number((limit * scale).toFixed(3));
  const unit = round(exact);
  return excluded && unit === exact ? unit + inwards : unit;
}

function decimalsOf({ least, most }: Limits): number {
  return Math.max(...[least, most].map((limit) => decimalsIn(limit ?? 0)));
}

function decimalsIn(value: number): number {
  const text = String(value);
  if (text.includes('e')) return Number.isInteger(value) ? 0 : decimalsLimit + 1;
  return text.split('.')[1]?.length ?? 0;
}

/** Whole numbers between whole limits, and those with a fraction that lie strictly between them. */
function wholeOrFraction(units: string, limits: Limits): string {
  const { least, most } = limits;
  // Next to an excluded limit, a fraction of zeros would equal that limit.
  const excluded = limits.leastExcluded || limits.mostExcluded;
  const fraction = excluded ? '"." [0-9]{0,14} [1-9]' : '"." [0-9]{1,15}';
  const parts = [units];
  const positive = positives(Math.max(0, least ?? 0), most === null ? null : most - 1);
  if ((most ?? 1) > 0 && positive !== null) parts.push(`(${positive}) ${fraction}`);
  const negative = positives(Math.max(0, -(most ?? 0)), least === null ? null : -least - 1);
  if ((least ?? -1) < 0 && negative !== null) parts.push(`"-" (${negative}) ${fraction}`);
  return parts.join(' | ');
}

function unitRange(least: number | null, most: number | null, decimals: number): string | null {
  const parts: string[] = [];
  const positive = (most ?? 0) >= 0 || most === null ? positives(Math.max(0, least ?? 0), most, decimals) : null;
  if (positive !== null) parts.push(positive);
  if ((least ?? -1) < 0) {
    const negative = positives(Math.max(1, -(most ?? -1)), least === null ? null : -least, decimals);
    if (negative !== null) parts.push(`"-" (${negative})`);
  }
  return parts.length === 0 ? null : parts.join(' | ');
}

/** Digits of the whole numbers from `least` to `most` (null: no limit), the last `decimals` behind a point. */
function positives(least: number, most: number | null, decimals = 0): string | null {
  if (most !== null && most < least) return null;
  if (String(least).length > digitLimit || (most !== null && String(most).length > digitLimit)) return null;
  const from = String(least).padStart(decimals + 1, '0');
  const to = most === null ? '9'.repeat(from.length) : String(most).padStart(decimals + 1, '0');
  const parts: string[] = [];
  for (let length = from.length; length <= to.length; length++) {
    const low = length === from.length ? from : `1${'0'.repeat(length - 1)}`;
    if (decimals === 0 && length > from.length && to.length - length > 1) {
      // All numbers of these lengths are in the range: one part covers them, since all parts are followed in parallel.
      parts.push(`[1-9] [0-9]{${length - 1},${to.length - 2}}`);
      length = to.length - 1;
      continue;
    }
    const high = length === to.length ? to : '9'.repeat(length);
    parts.push(...digitsBetween(low, high, decimals));
  }
  if (most === null) {
    const more = Math.max(0, digitLimit - decimals - to.length);
    const whole = `[1-9] [0-9]{${to.length - decimals},${to.length - decimals + more}}`;
    parts.push(decimals === 0 ? whole : `${whole} "." [0-9]{${decimals}}`);
  }
  return parts.join(' | ');
}

/** Digit strings of one length between two, as alternatives of character classes. */
function digitsBetween(low: string, high: string, decimals: number): string[] {
  const point = low.length - decimals;
  const parts: string[] = [];
  const walk = (index: number, prefix: string[], tightLow: boolean, tightHigh: boolean): void => {
    if (index === low.length || (!tightLow && !tightHigh)) {
      const free = Array.from({ length: low.length - index }, () => '[0-9]');
      parts.push(withPoint([...prefix, ...free], point));
      return;
    }
    const from = tightLow ? Number(low[index]) : 0;
    const to = tightHigh ? Number(high[index]) : 9;
    if (from === to) return walk(index + 1, [...prefix, `"${from}"`], tightLow, tightHigh);
    if (tightLow) walk(index + 1, [...prefix, `"${from}"`], true, false);
    const [inner, outer] = [tightLow ? from + 1 : from, tightHigh ? to - 1 : to];
    if (inner <= outer) walk(index + 1, [...prefix, `[${inner}-${outer}]`], false, false);
    if (tightHigh) walk(index + 1, [...prefix, `"${to}"`], false, true);
  };
  walk(0, [], true, true);
  return parts;
}

function withPoint(digits: readonly string[], point: number): string {
  if (point >= digits.length) return digits.join(' ');
  return [...digits.slice(0, point), '"."', ...digits.slice(point)].join(' ');
}

function multiples(limits: Limits, step: number): string | null {
  if (limits.least === null || limits.most === null || step <= 0) return null;
  const first = Math.ceil(limits.least / step) + (limits.leastExcluded && limits.least % step === 0 ? 1 : 0);
  const last = Math.floor(limits.most / step) - (limits.mostExcluded && limits.most % step === 0 ? 1 : 0);
  if (last < first || last - first >= multiplesLimit) return null;
  const values = Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(15)),
  );
  return values.map((value) => `"${JSON.stringify(value)}"`).join(' | ');
}
