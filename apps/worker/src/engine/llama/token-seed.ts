/** llama.cpp takes this seed for "choose one at random". */
const randomSeed = 0xffff_ffff;

/**
 * The seed of the token at `position` of an answer (0 for the first). It depends only on the answer's seed and on the
 * position, so that another process that continues the answer draws the same token. `seed` is an integer; the two
 * halves of its 53 bits and the position go through the finaliser of MurmurHash3.
 */
export function tokenSeed(seed: number, position: number): number {
  let hash = mix(Math.trunc(seed) >>> 0);
  hash = mix(hash ^ (Math.floor(Math.trunc(seed) / 0x1_0000_0000) >>> 0));
  hash = mix(hash ^ Math.imul(position + 1, 0x9e37_79b1));
  return hash === randomSeed ? randomSeed - 1 : hash;
}

function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85eb_ca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2_ae35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}
