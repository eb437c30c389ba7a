/** A vector store as a row and as clients see it. */

export interface StoreRow {
  readonly number: number;
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly model: string | null;
  readonly dimensions: number | null;
  readonly expiresAfterDays: number | null;
  readonly chunkCount: number;
  readonly termTotal: number;
  /** Unix seconds. */
  readonly created: number;
  readonly lastActive: number;
  readonly expires: number | null;
  readonly expired: boolean;
  readonly inProgress: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly usageBytes: number;
}

export function toVectorStore(row: StoreRow) {
  return {
    id: row.id,
    object: 'vector_store' as const,
    created_at: row.created,
    name: row.name,
    description: row.description,
    usage_bytes: row.usageBytes,
    file_counts: fileCounts(row),
    status: row.expired ? 'expired' : row.inProgress > 0 ? 'in_progress' : 'completed',
    expires_after:
      row.expiresAfterDays === null ? null : { anchor: 'last_active_at' as const, days: row.expiresAfterDays },
    expires_at: row.expires,
    last_active_at: row.lastActive,
    metadata: row.metadata,
    kumiki: { embedding_model: row.model, dimensions: row.dimensions },
  };
}

export type VectorStoreObject = ReturnType<typeof toVectorStore>;

export function fileCounts(row: Pick<StoreRow, 'inProgress' | 'completed' | 'failed' | 'cancelled'>) {
  return {
    in_progress: row.inProgress,
    completed: row.completed,
    failed: row.failed,
    cancelled: row.cancelled,
    total: row.inProgress + row.completed + row.failed + row.cancelled,
  };
}
