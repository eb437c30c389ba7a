import { batchFileExpirySeconds } from '@kumiki/api';

/** Limits of batches: those that clients see, and those that bound a replica's memory. */
export const batchLimits = {
  /** Of one input file, as in OpenAI's API. */
  lines: 50_000,
  inputBytes: 200_000_000,
  /** Of one line; the gateway would refuse a larger request anyway. */
  lineBytes: 16_777_216,
  customIdCharacters: 512,
  /** Errors of an input file that are reported. */
  errors: 100,
  /** Of one stored answer. */
  replyBytes: 16_777_216,
  metadataPairs: 16,
  metadataKeyCharacters: 64,
  metadataValueCharacters: 512,
  completionWindowHours: 24,
  pageSize: 100,
  defaultPageSize: 20,
} as const;

/** Minimum retention of an ended batch: the default retention of its result files, so that it outlives them. */
export const endedBatchSeconds = batchFileExpirySeconds;

/**
 * Concurrent batches of one replica. Up to `roomy`, a project may have several (`ofProject`); above it, up to `most`,
 * only its first, so that no project waits for another's batch to end. Waiting batches are claimed by fewest driven
 * first.
 */
export const drivenBatches = { roomy: 16, most: 64, ofProject: 4 } as const;

/** Bytes of lines in a replica's memory, in total and of one project; further lines wait. */
export const lineBytesAtOnce = { all: 134_217_728, ofProject: 33_554_432 } as const;

/** Most rows and bytes of one statement; at least one row. */
export const chunkLimits = { rows: 256, bytes: 1_048_576 } as const;
