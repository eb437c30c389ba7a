import { batchFileExpirySeconds } from '@kumiki/api';

/** Limits of batches, those that clients meet and those that keep a replica within its memory. */
export const batchLimits = {
  /** Of one input file, as OpenAI has them. */
  lines: 50_000,
  inputBytes: 200_000_000,
  /** Of one line: a request that the gateway would refuse anyway. */
  lineBytes: 16_777_216,
  customIdCharacters: 512,
  /** Errors of an input file that are told; more would help nobody. */
  errors: 100,
  /** Of one answer that is kept. */
  replyBytes: 16_777_216,
  metadataPairs: 16,
  metadataKeyCharacters: 64,
  metadataValueCharacters: 512,
  completionWindowHours: 24,
  pageSize: 100,
  defaultPageSize: 20,
} as const;

/** An ended batch is kept for so long at least, and no shorter than its result files: as long as those have by default. */
export const endedBatchSeconds = batchFileExpirySeconds;

/**
 * Batches that one replica drives at once: several of one project while there is room, and the first of each project as
 * long as there is any, so that nobody waits for the end of another's. The others wait, fewest driven first.
 */
export const drivenBatches = { roomy: 16, most: 64, ofProject: 4 } as const;

/** Bytes of lines that a replica has in memory, and those of one project; more wait. */
export const lineBytesAtOnce = { all: 134_217_728, ofProject: 33_554_432 } as const;

/** Rows that go to or come from the database at once: as many as fit, at least one. */
export const chunkLimits = { rows: 256, bytes: 1_048_576 } as const;
