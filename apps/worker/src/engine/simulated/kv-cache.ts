import { mix } from './hash.ts';

/**
 * Blocks of KV cache as vLLM manages them: full blocks of a prompt are found by the hash of all tokens up to their end.
 * Blocks that no sequence holds stay until their space is needed; the least recently used is evicted first.
 */
export interface KvCache {
  /** Allocates blocks for a prompt; null when there are too few. */
  begin(tokens: readonly number[]): KvLease | null;
  /** Share of the blocks that sequences hold: 0 to 1. */
  usage(): number;
  readonly queries: number;
  readonly hits: number;
}

export interface KvLease {
  /** Tokens of the prompt that need no prefill. At least one always does. */
  readonly cachedTokens: number;
  /** Allocates blocks for this many tokens in all; false when no block is free. */
  grow(tokens: number): boolean;
  /** Frees the blocks; those that are full of these tokens can be found again. */
  release(tokens: readonly number[]): void;
}

interface Block {
  readonly hash: number;
  holders: number;
}

interface Blocks {
  free: number;
  readonly known: Map<number, Block>;
  /** Cached blocks that no sequence holds, the least recently used first. */
  readonly idle: Set<Block>;
}

export function createKvCache(options: { readonly blocks: number; readonly blockTokens: number }): KvCache {
  const blocks: Blocks = { free: options.blocks, known: new Map(), idle: new Set() };
  let queries = 0;
  let hits = 0;
  return {
    get queries() {
      return queries;
    },
    get hits() {
      return hits;
    },
    usage: () => (options.blocks - blocks.free - blocks.idle.size) / options.blocks,
    begin(tokens) {
      const found: Block[] = [];
      for (const hash of blockHashes(tokens.slice(0, -1), options.blockTokens)) {
        const block = blocks.known.get(hash);
        if (block === undefined) break;
        found.push(block);
      }
      for (const block of found) hold(blocks, block);
      const lease = createLease(blocks, found, options.blockTokens);
      if (!lease.grow(tokens.length)) {
        lease.release([]);
        return null;
      }
      queries += tokens.length;
      hits += lease.cachedTokens;
      return lease;
    },
  };
}

function createLease(blocks: Blocks, found: Block[], blockTokens: number): KvLease {
  let own = 0;
  return {
    cachedTokens: found.length * blockTokens,
    grow(tokens) {
      while ((found.length + own) * blockTokens < tokens) {
        if (!take(blocks)) return false;
        own += 1;
      }
      return true;
    },
    release(tokens) {
      for (const hash of blockHashes(tokens, blockTokens).slice(found.length)) {
        if (own === 0) break;
        if (blocks.known.has(hash)) continue;
        own -= 1;
        const block = { hash, holders: 0 };
        blocks.known.set(hash, block);
        blocks.idle.add(block);
      }
      blocks.free += own;
      own = 0;
      // The end of a prompt is evicted before its beginning, which more prompts share.
      for (const block of found.toReversed()) drop(blocks, block);
      found.length = 0;
    },
  };
}

/** Takes a free block, or the least recently used one; false when all are held. */
function take(blocks: Blocks): boolean {
  if (blocks.free > 0) {
    blocks.free -= 1;
    return true;
  }
  const [oldest] = blocks.idle;
  if (oldest === undefined) return false;
  blocks.idle.delete(oldest);
  blocks.known.delete(oldest.hash);
  return true;
}

function hold({ idle }: Blocks, block: Block): void {
  block.holders += 1;
  idle.delete(block);
}

function drop({ idle }: Blocks, block: Block): void {
  block.holders -= 1;
  if (block.holders === 0) idle.add(block);
}

/** One hash per full block, each over all tokens to its end. 52 bits: two hashes in one number. */
function blockHashes(tokens: readonly number[], blockTokens: number): number[] {
  const hashes: number[] = [];
  let high = 1;
  let low = 2;
  for (let place = 0; place < tokens.length; place++) {
    high = mix(high, tokens[place] ?? 0);
    low = mix(low ^ 0x5bd1e995, tokens[place] ?? 0);
    if ((place + 1) % blockTokens === 0) hashes.push((high & 0xfffff) * 2 ** 32 + low);
  }
  return hashes;
}
