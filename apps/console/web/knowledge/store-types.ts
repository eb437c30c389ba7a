import type { Attributes } from '@kumiki/api';

/** The objects of `/v1/vector_stores` as they are sent. */

export interface FileCounts {
  readonly in_progress: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly total: number;
}

export interface VectorStore {
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  /** Unix seconds, as all times here. */
  readonly created_at: number;
  readonly last_active_at: number;
  readonly expires_at: number | null;
  readonly expires_after: { readonly anchor: 'last_active_at'; readonly days: number } | null;
  readonly usage_bytes: number;
  readonly file_counts: FileCounts;
  readonly status: 'in_progress' | 'completed' | 'expired';
  readonly kumiki: { readonly embedding_model: string | null; readonly dimensions: number | null };
}

export type FileStatus = 'in_progress' | 'completed' | 'failed' | 'cancelled';

export interface StoreFile {
  readonly id: string;
  readonly created_at: number;
  readonly status: FileStatus;
  readonly usage_bytes: number;
  readonly last_error: { readonly code: string; readonly message: string } | null;
  readonly attributes: Attributes;
  readonly kumiki: {
    readonly filename: string;
    readonly bytes: number;
    readonly chunks_done: number;
    readonly chunks_total: number | null;
    readonly attempts: number;
  };
}

/** Where a passage stands in its document. */
export interface PassagePlace {
  readonly chunk_id: string;
  readonly page: number | null;
  readonly heading: string | null;
}

export interface SearchResult {
  readonly file_id: string;
  readonly filename: string;
  readonly score: number;
  readonly attributes: Attributes;
  readonly content: readonly { readonly type: 'text'; readonly text: string }[];
  readonly kumiki: PassagePlace;
}

export interface FileContent {
  readonly file_id: string;
  readonly filename: string;
  readonly attributes: Attributes;
  readonly data: readonly { readonly type: 'text'; readonly text: string; readonly kumiki: PassagePlace }[];
}

export interface ListPage<Item> {
  readonly data: readonly Item[];
  readonly last_id: string;
  readonly has_more: boolean;
}
