/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const factors: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** An amount as a number; null for what is none. */
export function readQuantity(text: string | number): number | null {
  if (typeof text === 'number') return text;
  const match = /^(\d+(?:\.\d+)?(?:e\d+)?)([numkMGTP]|[KMGTP]i)?$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * (factors[match[2] ?? ''] ?? 1);
}
