/** Endpoints of a batch's requests. */
export const batchEndpoints = ['/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/responses'] as const;

export type BatchStatus =
  | 'validating'
  | 'failed'
  | 'in_progress'
  | 'finalizing'
  | 'completed'
  | 'expired'
  | 'cancelling'
  | 'cancelled';

/** How the results were sealed. */
export type Outcome = 'completed' | 'expired' | 'cancelled';

/** The two result files of a batch. */
export type ResultFile = 'output' | 'error';

/** An error in an input file. */
export interface BatchError {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  /** From 1; null when the error concerns the whole file. */
  readonly line: number | null;
}

/** A row of `conversations.batches`. */
export interface BatchRow {
  readonly id: string;
  readonly project: string;
  readonly key_id: string;
  readonly endpoint: string;
  readonly input_file_id: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly output_expires_after: number | null;
  readonly status: BatchStatus;
  readonly outcome: Outcome | null;
  readonly model: string | null;
  readonly errors: readonly BatchError[] | null;
  /** Null until the input file has been read. */
  readonly total: number | null;
  readonly completed: number;
  readonly failed: number;
  readonly input_tokens: number;
  readonly cached_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  readonly output_file_id: string | null;
  readonly error_file_id: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly in_progress_at: Date | null;
  readonly finalizing_at: Date | null;
  readonly completed_at: Date | null;
  readonly failed_at: Date | null;
  readonly expired_at: Date | null;
  readonly cancelling_at: Date | null;
  readonly cancelled_at: Date | null;
  readonly fence: number;
  /** Consecutive claims until its input file has been read, this one included. */
  readonly claims: number;
}

/** A batch as the API shows it. Unknown values are null, where the SDKs' types allow that, or left out. */
export function toBatchObject(row: BatchRow): Record<string, unknown> {
  return {
    id: row.id,
    object: 'batch',
    endpoint: row.endpoint,
    ...(row.model === null ? {} : { model: row.model }),
    errors: row.errors === null ? null : { object: 'list', data: row.errors },
    input_file_id: row.input_file_id,
    completion_window: '24h',
    status: row.status,
    output_file_id: row.output_file_id,
    error_file_id: row.error_file_id,
    created_at: seconds(row.created_at),
    in_progress_at: seconds(row.in_progress_at),
    expires_at: seconds(row.expires_at),
    finalizing_at: seconds(row.finalizing_at),
    completed_at: seconds(row.completed_at),
    failed_at: seconds(row.failed_at),
    expired_at: seconds(row.expired_at),
    cancelling_at: seconds(row.cancelling_at),
    cancelled_at: seconds(row.cancelled_at),
    request_counts: { total: row.total ?? 0, completed: row.completed, failed: row.failed },
    ...(row.completed === 0 ? {} : { usage: usageOf(row) }),
    metadata: row.metadata,
  };
}

function usageOf(row: BatchRow): Record<string, unknown> {
  return {
    input_tokens: row.input_tokens,
    input_tokens_details: { cached_tokens: row.cached_tokens },
    output_tokens: row.output_tokens,
    output_tokens_details: { reasoning_tokens: row.reasoning_tokens },
    total_tokens: row.input_tokens + row.output_tokens,
  };
}

function seconds(time: Date | null): number | null {
  return time === null ? null : Math.floor(time.getTime() / 1_000);
}
