/** Mixes a number into a 32-bit hash (murmur3's finaliser over a multiply-add). Not for secrets. */
export function mix(hash: number, value: number): number {
  let mixed = Math.imul(hash ^ value, 0x9e3779b1) + 0x7f4a7c15;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

export function hashTokens(tokens: Iterable<number>, seed = 0): number {
  let hash = seed >>> 0;
  for (const token of tokens) hash = mix(hash, token);
  return hash;
}

/** A number of a repeatable sequence: it depends only on the key and the position. */
export function at(key: number, position: number): number {
  return mix(mix(key, position), 0x51ed270b);
}

/** From 0 (included) to 1 (excluded). */
export function fraction(key: number, position: number): number {
  return at(key, position) / 2 ** 32;
}
