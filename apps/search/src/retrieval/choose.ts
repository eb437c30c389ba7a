/** How the nearest vectors are found: by reading all of a store's, or by walking the index of all stores. */
export type VectorPlan = { readonly kind: 'exact' } | { readonly kind: 'index'; readonly maxScanTuples: number };

export interface VectorQuestion {
  /** Chunks of the store. */
  readonly storeChunks: number;
  /** Chunks of all stores whose vectors have that length. */
  readonly indexChunks: number;
  /** How many are wanted. */
  readonly wanted: number;
  readonly dimensions: number;
  readonly indexed: boolean;
}

/** Numbers that are read exactly whatever else there is: 10,000 vectors of 256. An estimate, as is the factor below. */
const cheapNumbers = 2_560_000;
/** What a vector of the index costs, as a multiple of one read in order: it lies anywhere, and has neighbours to see. */
const indexCostFactor = 8;
/** Of the index's vectors that are looked at before any is known to be of the store: the width of its search. */
const leastVisited = 400;
/** The index gives up after looking at so many; a filter that lets less than one in a hundred pass needs that many. */
const maxVisited = 100_000;

/**
 * The index knows nothing of stores: of what it visits, only the store's share counts. So the smaller that share, the
 * longer the walk, until reading the store's own vectors one by one is cheaper, and exact.
 */
export function chooseVectorPlan(question: VectorQuestion): VectorPlan {
  const { storeChunks, indexChunks, wanted, dimensions, indexed } = question;
  if (!indexed || storeChunks * dimensions <= cheapNumbers) return { kind: 'exact' };
  const share = storeChunks / Math.max(storeChunks, indexChunks);
  const visited = leastVisited + wanted / share;
  if (visited * indexCostFactor >= storeChunks) return { kind: 'exact' };
  return { kind: 'index', maxScanTuples: maxVisited };
}
