/** How the nearest vectors are found: by an exact scan of the store, or by the common index of all stores. */
export type VectorPlan = { readonly kind: 'exact' } | { readonly kind: 'index'; readonly maxScanTuples: number };

export interface VectorQuestion {
  /** Number of the store's chunks. */
  readonly storeChunks: number;
  /** Number of chunks of all stores with vectors of that length. */
  readonly indexChunks: number;
  /** Requested number of results. */
  readonly wanted: number;
  readonly dimensions: number;
  readonly indexed: boolean;
}

/**
 * Vector elements up to which the exact scan is always used: 10,000 vectors of 256. An estimate, like the factor below.
 */
const cheapNumbers = 2_560_000;
/**
 * Cost of a vector in the index relative to one in a sequential scan: random access, and its neighbours are visited.
 */
const indexCostFactor = 8;
/** Least number of visited vectors: the search width of the index. */
const leastVisited = 400;
/** Most visited vectors before the index scan gives up, needed by filters that fewer than one in a hundred pass. */
const maxVisited = 100_000;

/**
 * The index contains all stores, so only the store's share of the visited vectors is useful. The smaller the share, the
 * longer the scan, until an exact scan of the store is cheaper.
 */
export function chooseVectorPlan(question: VectorQuestion): VectorPlan {
  const { storeChunks, indexChunks, wanted, dimensions, indexed } = question;
  if (!indexed || storeChunks * dimensions <= cheapNumbers) return { kind: 'exact' };
  const share = storeChunks / Math.max(storeChunks, indexChunks);
  const visited = leastVisited + wanted / share;
  if (visited * indexCostFactor >= storeChunks) return { kind: 'exact' };
  return { kind: 'index', maxScanTuples: maxVisited };
}
