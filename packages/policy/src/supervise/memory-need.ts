const mebibyte = 1_048_576;

/** Memory of a worker process besides the model: the runtime, the engine's code, buffers and a small KV cache. */
const processBytes = 160 * mebibyte;

/** KV cache and compute buffers grow with the model; a tenth of its weights is a low estimate for short contexts. */
const perReplicaShare = 0.1;

export interface MemoryVerdict {
  readonly fits: boolean;
  readonly neededBytes: number;
  /** How many of the wanted replicas fit. */
  readonly fittingReplicas: number;
}

/**
 * A rough check whether replicas of one model file fit into free memory. The weights are mapped, so all replicas of a
 * file share one copy. The estimate is low: it refuses only what cannot fit.
 * @param replicas to be started, at least one.
 */
export function checkMemory(fileBytes: number, replicas: number, freeBytes: number): MemoryVerdict {
  const perReplica = processBytes + fileBytes * perReplicaShare;
  const neededBytes = Math.ceil(fileBytes + perReplica * replicas);
  const fittingReplicas = Math.max(0, Math.min(replicas, Math.floor((freeBytes - fileBytes) / perReplica)));
  return { fits: neededBytes <= freeBytes, neededBytes, fittingReplicas };
}
