/** Encodings that a file is kept in, the smallest first. */
export const encodings = ['br', 'gzip'] as const;
export type Encoding = (typeof encodings)[number];

/** The smallest of what there is that an `accept-encoding` header takes; null is the file as it is. */
export function chooseEncoding(accepted: string | undefined, available: ReadonlySet<Encoding>): Encoding | null {
  const named = new Map((accepted ?? '').split(',').map(readCoding));
  const takes = (encoding: Encoding): boolean => (named.get(encoding) ?? named.get('*') ?? 0) > 0;
  return encodings.find((encoding) => available.has(encoding) && takes(encoding)) ?? null;
}

/** `gzip;q=0.5` as name and weight. */
function readCoding(text: string): [string, number] {
  const [name = '', ...parameters] = text.toLowerCase().split(';');
  const weight = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find((q) => q !== undefined);
  return [name.trim(), weight === undefined ? 1 : Number(weight)];
}
