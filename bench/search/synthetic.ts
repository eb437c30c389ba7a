import type { GatewayClient } from '@kumiki/service';

/** Texts and vectors that resemble real ones for an index: words follow Zipf's law, vectors form clusters. */

export const dimensions = 256;
const clusters = 1_000;
const vocabulary = 50_000;
/** Distance of a vector from the centre of its cluster, relative to its length. */
const spread = 0.35;

/** Reproducible random numbers from a seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A word by its rank: the density of ranks falls as their inverse. */
function word(random: () => number): string {
  return `w${Math.floor(vocabulary ** random()).toString(36)}`;
}

/** A document with that many sentences. */
export function makeDocument(seed: number, sentences: number): string {
  const random = createRandom(seed);
  return Array.from({ length: sentences }, () => `${Array.from({ length: 12 }, () => word(random)).join(' ')}.`).join(
    '\n',
  );
}

/** A question of three words. */
export function makeQuery(seed: number): string {
  const random = createRandom(seed);
  return Array.from({ length: 3 }, () => word(random)).join(' ');
}

function seedOf(text: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619);
  return hash >>> 0;
}

const middles = Array.from({ length: clusters }, (_, index) => direction(createRandom(index)));

function direction(random: () => number): Float32Array {
  return Float32Array.from({ length: dimensions }, () => random() + random() + random() - 1.5);
}

/** The vector of a text, near the centre of one cluster. */
export function vectorOf(text: string): Float32Array {
  const random = createRandom(seedOf(text));
  const middle = middles[Math.floor(random() * clusters)] ?? new Float32Array(dimensions);
  const noise = direction(random);
  return middle.map((value, index) => value + 2 * spread * (noise[index] ?? 0));
}

/** A gateway whose embedding model takes no time, so that only the search is measured. */
export const syntheticGateway: GatewayClient = {
  send: () => Promise.reject(new Error('nothing here streams')),
  exchange: () => Promise.reject(new Error('nothing here streams')),
  json: async <Value>(call: Parameters<GatewayClient['json']>[0]): Promise<Value> => {
    if (call.path === '/v1/models') return { data: [{ id: 'synthetic', kumiki: { task: 'embedding' } }] } as Value;
    const { input } = call.body as { input: readonly string[] };
    const data = input.map((text, index) => ({
      index,
      embedding: Buffer.from(vectorOf(text).buffer).toString('base64'),
    }));
    return { data } as Value;
  },
  close: () => {},
};
